import { useLog, usePrisons } from '../api/queries'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'

/** How far the log of evidence has come, and what of it has been signed. */
export default function Log() {
  const t = useT()
  const prisons = usePrisons()
  return (
    <>
      <PageTitle title={t('menu.log')} />
      {prisons.map((prison) => (
        <State key={prison} prison={prison} />
      ))}
    </>
  )
}

function State({ prison }: { prison: string }) {
  const t = useT()
  const names = useNames()
  const query = useLog(prison)
  return (
    <section className="panel">
      <h2>{names.prison(prison) || t('menu.log')}</h2>
      <Ready query={query}>
        {(log) => (
          <>
            <dl className="pairs">
              <dt>{t('log.size')}</dt>
              <dd>{log.size}</dd>
              <dt>{t('log.checkpoint')}</dt>
              <dd>{log.checkpoint}</dd>
              <dt>{t('log.signedAt')}</dt>
              <dd>{showTime(log.signed_at) || '—'}</dd>
            </dl>
            {log.note && (
              <>
                <h3>{t('log.note')}</h3>
                <pre className="mono">{log.note}</pre>
              </>
            )}
            <p className="quiet">{t('log.about')}</p>
          </>
        )}
      </Ready>
    </section>
  )
}
