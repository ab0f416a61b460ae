import { Button } from 'antd'
import { Link, useNavigate } from 'react-router'
import type { Receipt as LogReceipt, Outcome } from '../api/model'
import { showTime } from '../form/time'
import { useT } from '../i18n'

/** After submitting: the server's word that it has the entry, and where it stands in the log. */
export function Receipt({ outcome, title }: { outcome: Outcome; title: string }) {
  const t = useT()
  const { entry, receipt, warnings = [] } = outcome
  const navigate = useNavigate()
  return (
    <section className="panel" aria-labelledby="receipt">
      <h1 id="receipt">{t('receipt.title', { title })}</h1>
      <p role="status">
        {t('receipt.accepted', { time: showTime(receipt?.recorded_at ?? entry.changed_at) })}
      </p>
      {receipt && <LogPlace receipt={receipt} />}
      {warnings.length > 0 && (
        <ul className="late">
          {warnings.map((w) => (
            <li key={w.pointer + w.code}>{w.message}</li>
          ))}
        </ul>
      )}
      <p>
        <Button type="primary" autoFocus onClick={() => navigate('/')}>
          {t('receipt.back')}
        </Button>{' '}
        <Link to={`/prisons/${entry.prison}/entries/${entry.id}`}>{t('receipt.open')}</Link>
      </p>
    </section>
  )
}

export function LogPlace({ receipt }: { receipt: LogReceipt }) {
  const t = useT()
  return (
    <dl className="pairs">
      <dt>{t('receipt.index')}</dt>
      <dd className="mono">{receipt.index}</dd>
      <dt>{t('receipt.leaf')}</dt>
      <dd className="mono">{receipt.leaf}</dd>
      <dt>{t('receipt.time')}</dt>
      <dd>{showTime(receipt.recorded_at)}</dd>
    </dl>
  )
}
