import { Progress } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { exportUrl, isWorking, useExports, useImports } from '../api/exchange'
import type { Export, Import } from '../api/model'
import { useLedgers, useMe, useOrganisation, usePrison } from '../api/queries'
import { fillable } from '../app/duties'
import { Ask } from '../exchange/Ask'
import { Send } from '../exchange/Send'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import '../exchange/exchange.css'

/** Entries in and out by the file, and what has become of one's own files. */
export default function Exchange() {
  const t = useT()
  const prison = usePrison()
  const me = useMe().data
  const organisation = useOrganisation()
  const ledgers = useLedgers()
  const [params, setParams] = useSearchParams()
  const get = (name: string) => params.get(name) ?? ''
  const ledger = get('ledger')
  const onLedger = (id: string) => setParams(id ? { ledger: id } : {}, { replace: true })
  const areas = organisation.data?.prisons.find((p) => p.id === prison)?.areas ?? []
  const own = me?.postings.find((p) => p.area)?.area ?? ''
  return (
    <>
      <PageTitle title={t('exchange.title')} />
      <Ready query={ledgers}>
        {(list) => (
          <>
            {me && fillable(list, me, undefined).length > 0 && (
              <Send
                {...{
                  prison,
                  ledgers: fillable(list, me, undefined),
                  areas,
                  own,
                  ledger,
                  onLedger,
                }}
              />
            )}
            <Imports prison={prison} />
            <Ask
              {...{ prison, ledgers: list, areas, ledger, onLedger }}
              first={{
                area: get('area'),
                from: get('from'),
                to: get('to'),
                q: get('q'),
                state: get('state'),
              }}
            />
            <Exports prison={prison} />
          </>
        )}
      </Ready>
    </>
  )
}

export function done(i: Import): number {
  const of = i.state === 'reading' ? i.total : i.good
  const at = i.state === 'reading' ? i.row : i.written
  return of > 0 ? Math.min(100, Math.floor((at / of) * 100)) : 0
}

function Imports({ prison }: { prison: string }) {
  const t = useT()
  const names = useNames()
  const query = useImports(prison)
  return (
    <section className="panel files" aria-labelledby="exchange-imports">
      <h2 id="exchange-imports">{t('exchange.imports')}</h2>
      <Ready query={query} empty={(list) => list.length === 0} whenEmpty={t('exchange.noImports')}>
        {(list) => (
          <table className="plain">
            <thead>
              <tr>
                {(['file', 'ledger', 'sent', 'state', 'result'] as const).map((h) => (
                  <th scope="col" key={h}>
                    {t(`exchange.col_${h}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {list.map((i) => (
                <tr key={i.id}>
                  <td>
                    <Link to={`/prisons/${prison}/imports/${i.id}`}>{i.name}</Link>
                  </td>
                  <td>{names.ledger(i.ledger)}</td>
                  <td>{showTime(i.created_at)}</td>
                  <td>
                    {t(`exchange.state_${i.state}`)}
                    {isWorking(i.state) && ` ${done(i)}%`}
                  </td>
                  <td>
                    {i.message ??
                      t('exchange.resultOf', {
                        written: i.written,
                        bad: i.bad,
                        skipped: i.skipped,
                        differs: i.differs,
                        uncompared: i.uncompared,
                      })}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Ready>
    </section>
  )
}

function Exports({ prison }: { prison: string }) {
  const t = useT()
  const names = useNames()
  const query = useExports(prison)
  return (
    <section className="panel files" aria-labelledby="exchange-exports">
      <h2 id="exchange-exports">{t('exchange.exports')}</h2>
      <Ready query={query} empty={(list) => list.length === 0} whenEmpty={t('exchange.noExports')}>
        {(list) => (
          <table className="plain">
            <thead>
              <tr>
                {(['ledger', 'format', 'asked', 'rows', 'fileOut'] as const).map((h) => (
                  <th scope="col" key={h}>
                    {t(`exchange.col_${h}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {list.map((e) => (
                <tr key={e.id}>
                  <td>
                    {[e.ledger, ...(e.filter.with ?? [])].map(names.ledger).join(t('marks.list'))}
                  </td>
                  <td>{t(`exchange.format_${e.format}`)}</td>
                  <td>{showTime(e.created_at)}</td>
                  <td>{e.rows}</td>
                  <td>
                    <Fetch of={e} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Ready>
    </section>
  )
}

function Fetch({ of }: { of: Export }) {
  const t = useT()
  const percent = of.total > 0 ? Math.floor((of.rows / of.total) * 100) : 0
  if (of.state === 'writing')
    return <Progress percent={percent} size="small" aria-label={t('exchange.exports')} />
  if (of.state === 'failed') return <span className="danger">{of.message}</span>
  return (
    <a href={exportUrl(of)} download>
      {t('exchange.fetch')}
    </a>
  )
}
