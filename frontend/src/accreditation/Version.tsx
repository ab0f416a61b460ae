import { Button } from 'antd'
import { useState } from 'react'
import { chooseVersion, useDifference, type WholeCase } from '../api/cases'
import { useStandardName } from '../api/standards'
import { useT } from '../i18n'
import { Changes } from '../readiness/Changes'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'

/** A newer version does nothing by itself: somebody looks at the difference, and chooses. */
export function Version({ whole }: { whole: WholeCase }) {
  const t = useT()
  const standardName = useStandardName()
  const { busy, problems, run } = useAct()
  const [shown, setShown] = useState(false)
  const [reason, setReason] = useState('')
  const query = useDifference(whole, shown)
  if (!whole.newer) return null
  const { pin, busy: checking, may_choose } = whole.newer
  const choose = async (choice: 'stay' | 'move') => {
    if (await run((key) => chooseVersion(whole, whole.etag, choice, reason, key)))
      toast(t('cases.done'))
  }
  return (
    <section className="panel" aria-label={t('cases.record_version')}>
      <p>{t('cases.newer', { standard: standardName(pin.standard), version: pin.version })}</p>
      {checking && <p className="quiet">{t('cases.busy')}</p>}
      <Button onClick={() => setShown(true)}>{t('cases.showDifference')}</Button>
      {shown && (
        <Ready query={query}>
          {(d) => (
            <>
              <p className="case-facts">
                <span>
                  {t('cases.before', { version: d.from.version, score: d.before.display })}
                </span>
                <span>{t('cases.after', { version: d.to.version, score: d.after.display })}</span>
              </p>
              <Changes prison={whole.prison} list={d.changes} />
              {may_choose && (
                <div className="delegation-form">
                  <label className="wide">
                    {t('cases.reason')}
                    <input
                      value={reason}
                      maxLength={1000}
                      onChange={(e) => setReason(e.target.value)}
                    />
                  </label>
                  <Problems list={problems} />
                  <Button loading={busy} onClick={() => void choose('stay')}>
                    {t('cases.stay')}
                  </Button>
                  <Button loading={busy} onClick={() => void choose('move')}>
                    {t('cases.move')}
                  </Button>
                </div>
              )}
            </>
          )}
        </Ready>
      )}
    </section>
  )
}
