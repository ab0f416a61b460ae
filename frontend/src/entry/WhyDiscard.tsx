import { Button, Input } from 'antd'
import { useState } from 'react'
import { useT } from '../i18n'

/** What was submitted before is not thrown away without a word: the reason stays in the history. */
export function WhyDiscard(props: {
  busy: boolean
  discard: (why: string) => void
  close: () => void
}) {
  const { busy, discard, close } = props
  const t = useT()
  const [why, setWhy] = useState('')
  return (
    <section className="panel danger-edge" aria-labelledby="why-discard">
      <h2 id="why-discard">{t('edit.discard')}</h2>
      <p>{t('edit.discardFiled')}</p>
      <Input
        autoFocus
        aria-label={t('edit.discardReason')}
        placeholder={t('edit.discardReason')}
        maxLength={500}
        value={why}
        onChange={(e) => setWhy(e.target.value)}
        onKeyDown={(e) => e.key === 'Escape' && close()}
        style={{ width: 320 }}
      />{' '}
      <Button danger disabled={!why.trim()} loading={busy} onClick={() => discard(why)}>
        {t('edit.discard')}
      </Button>{' '}
      <Button onClick={close}>{t('edit.discardNot')}</Button>
    </section>
  )
}
