import { Button, Modal } from 'antd'
import { useBlocker } from 'react-router'
import { useT } from '../../i18n'
import { useWarningBeforeLeaving } from '../../ui/useWarningBeforeLeaving'

/** Asks before what is not saved is left, for another page or for good. */
export function Leaving({ unsaved, now }: { unsaved: boolean; now: () => boolean }) {
  const t = useT()
  useWarningBeforeLeaving(unsaved)
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      now() && currentLocation.pathname !== nextLocation.pathname,
  )
  const blocked = blocker.state === 'blocked'
  return (
    <Modal
      open={blocked}
      title={t('drafting.leaving')}
      onCancel={() => blocker.reset?.()}
      footer={[
        <Button key="leave" danger onClick={() => blocker.proceed?.()}>
          {t('drafting.leave')}
        </Button>,
        <Button key="stay" type="primary" onClick={() => blocker.reset?.()}>
          {t('drafting.stay')}
        </Button>,
      ]}
    >
      <p>{t('drafting.leavingMeans')}</p>
    </Modal>
  )
}
