import { useQueryClient } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import {
  doImport,
  errorsUrl,
  isWorking,
  type Outcome,
  useImport,
  useImportRows,
} from '../api/exchange'
import type { Import } from '../api/model'
import { ProblemError } from '../api/problem'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { More } from '../ui/More'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'
import { done } from './Exchange'
import '../exchange/exchange.css'

/** One import: what the check found, its writing, and what became of every row. */
export default function ImportPage() {
  const { prison = '', id = '' } = useParams()
  const query = useImport(prison, id)
  return <Ready query={query}>{(data) => <Shown of={data} />}</Ready>
}

const outcomes: (Outcome | '')[] = [
  '',
  'bad',
  'good',
  'written',
  'skipped',
  'differs',
  'uncompared',
]
const counts = ['total', 'good', 'bad', 'written', 'skipped', 'differs', 'uncompared'] as const
const before: Outcome[] = ['skipped', 'differs', 'uncompared']

function Shown({ of }: { of: Import }) {
  const t = useT()
  const names = useNames()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [busy, setBusy] = useState(false)
  const [chosen, setChosen] = useState<Outcome | ''>()
  // Until somebody chooses: the mistakes first, when there are any.
  const outcome = chosen ?? (of.bad > 0 && !isWorking(of.state) ? 'bad' : '')
  const act = async (action: Import['actions'][number]) => {
    setBusy(true)
    try {
      await doImport(of, action)
      if (action === 'remove') navigate('/exchange')
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast(error.message)
    } finally {
      setBusy(false)
      await queries.invalidateQueries({ queryKey: ['import'] })
      await queries.invalidateQueries({ queryKey: ['imports'] })
    }
  }
  return (
    <>
      <PageTitle title={of.name} beside={<span>{names.ledger(of.ledger)}</span>}>
        {(of.bad > 0 || of.retired) && !isWorking(of.state) && (
          <a href={errorsUrl(of)} download>
            {t('exchange.errorBook')}
          </a>
        )}
        {of.actions.map((a) => (
          <Button
            key={a}
            type={a === 'start' ? 'primary' : 'default'}
            danger={a === 'remove'}
            loading={busy}
            onClick={() => void act(a)}
          >
            {a === 'start' && of.state === 'checked'
              ? t('exchange.start', { count: of.good - of.written })
              : t(a === 'start' ? 'exchange.goOn' : `exchange.${a}`)}
          </Button>
        ))}
      </PageTitle>
      <section className="panel">
        <p role="status">
          <strong>{t(`exchange.state_${of.state}`)}</strong>
          {' · '}
          {of.message ?? t(`exchange.says_${of.state}`)}
        </p>
        {of.passed !== undefined && of.state !== 'done' && (
          <p className="danger" role="alert">
            {t('exchange.passed', { passed: of.passed, version: of.version })}
          </p>
        )}
        {of.retired && (
          <p className="danger" role="alert">
            {t('exchange.retired', { list: of.retired.join(t('marks.list')) })}
          </p>
        )}
        {(isWorking(of.state) || of.state === 'stopped') && (
          <Progress percent={done(of)} aria-label={t(`exchange.state_${of.state}`)} />
        )}
        <dl className="counts">
          {counts.map((n) => (
            <div key={n}>
              <dt>{t(`exchange.count_${n}`)}</dt>
              <dd>{of[n]}</dd>
            </div>
          ))}
          <div>
            <dt>{t('exchange.fileIs')}</dt>
            <dd>
              {of.format === 'csv'
                ? t('exchange.csvIn', { encoding: of.encoding.toUpperCase() })
                : of.format.toUpperCase()}
            </dd>
          </div>
          <div>
            <dt>{t('exchange.as')}</dt>
            <dd>{t(of.as_draft ? 'exchange.asDraft' : 'exchange.asSubmitted')}</dd>
          </div>
        </dl>
        {of.skipped > 0 && <p className="quiet">{t('exchange.skippedWhy')}</p>}
        {of.differs > 0 && (
          <p className="danger" role="alert">
            {t('exchange.differsWhy', { count: of.differs })}
          </p>
        )}
        {of.uncompared > 0 && (
          <p className="quiet">{t('exchange.uncomparedWhy', { count: of.uncompared })}</p>
        )}
      </section>
      {of.state !== 'failed' && (
        <section className="panel" aria-labelledby="import-rows">
          <h2 id="import-rows">{t('exchange.rows')}</h2>
          <label>
            {t('exchange.show')}{' '}
            <select
              value={outcome}
              onChange={(e) => setChosen(outcomes.find((o) => o === e.target.value) ?? '')}
            >
              {outcomes.map((o) => (
                <option key={o} value={o}>
                  {o ? t(`exchange.outcome_${o}`) : t('inbox.all')}
                </option>
              ))}
            </select>
          </label>
          <Rows of={of} outcome={outcome} />
        </section>
      )}
    </>
  )
}

function Rows({ of, outcome }: { of: Import; outcome: Outcome | '' }) {
  const t = useT()
  const lang = useLang()
  const query = useImportRows(of, outcome)
  return (
    <Ready
      query={query}
      empty={(data) => data.pages.every((p) => p.rows.length === 0)}
      whenEmpty={t('exchange.noRows')}
    >
      {(data) => (
        <>
          <table className="plain">
            <thead>
              <tr>
                <th scope="col" className="whole">
                  {t('exchange.line')}
                </th>
                <th scope="col">{t('entry.summary')}</th>
                <th scope="col">{t('exchange.outcome')}</th>
                <th scope="col">{t('exchange.mistakes')}</th>
              </tr>
            </thead>
            <tbody>
              {data.pages
                .flatMap((p) => p.rows)
                .map((r) => (
                  <tr key={r.number}>
                    <td>{r.line}</td>
                    <td>{r.summary.map((s) => text(s.text, lang)).join(' · ')}</td>
                    <td className="whole">
                      {r.entry ? (
                        <Link to={`/prisons/${of.prison}/entries/${r.entry}`}>
                          {t(`exchange.outcome_${r.outcome}`)}
                        </Link>
                      ) : (
                        t(`exchange.outcome_${r.outcome}`)
                      )}
                    </td>
                    <td>
                      {!before.includes(r.outcome) && r.untaken && (
                        <ul className="row-errors">
                          {r.untaken.map((u, n) => (
                            <li key={n}>{t(`exchange.untaken_${u.why ?? 'retired'}`, u)}</li>
                          ))}
                        </ul>
                      )}
                      {r.errors.length > 0 && (
                        <ul className="row-errors danger">
                          {r.errors.map((e) => (
                            <li key={`${e.pointer} ${e.code}`}>{e.message}</li>
                          ))}
                        </ul>
                      )}
                    </td>
                  </tr>
                ))}
            </tbody>
          </table>
          <More query={query} />
        </>
      )}
    </Ready>
  )
}
