import type { ReactNode } from 'react'
import type { StandardReport } from '../api/standards'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { amount, shown } from '../score/decimal'
import { useNames } from '../ui/names'
import './coverage.css'

type Covered = StandardReport['coverage']

interface Row {
  id: string
  name: string
  points: string
  /** How many indicators look at it. */
  indicators: number
  means: ReactNode
}

/** What a standard looks at, by domain, department and ledger, and what no indicator looks at. */
export function Coverage({ of }: { of: Covered }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const list = (covers: Covered['ledgers'], name: (id: string) => string): Row[] =>
    covers.map((c) => ({
      id: c.id,
      name: name(c.id),
      points: c.points,
      indicators: c.indicators.length,
      means: c.indicators.join(' '),
    }))
  const domains = of.domains.map((d) => ({
    id: d.id,
    name: text(d.title, lang),
    points: d.points,
    indicators: d.indicators,
    means: Object.entries(d.methods)
      .map(([m, n]) => `${t(`standards.method_${m as 'ledger'}`)} ${n}`)
      .join(' · '),
  }))
  return (
    <>
      <By title={t('standards.byDomain')} means={t('standards.byMethods')} rows={domains} />
      <By
        title={t('standards.byDepartment')}
        means={t('standards.codes')}
        rows={list(of.departments, names.department)}
      />
      <By
        title={t('standards.byLedger')}
        means={t('standards.codes')}
        rows={list(of.ledgers, names.ledger)}
      />
    </>
  )
}

/** As many are shown at once; longer tables are folded. */
const few = 10

function By({ title, means, rows }: { title: string; means: string; rows: Row[] }) {
  const t = useT()
  const bare = rows.filter((r) => r.indicators === 0).length
  const most = Math.max(1, ...rows.map((r) => amount(r.points)))
  const share = (r: Row) => `${(amount(r.points) / most) * 100}%`
  return (
    <details className="coverage" open={rows.length <= few}>
      <summary>
        {title}
        {t('marks.aside', { of: rows.length })}
        {bare > 0 && <span className="late"> · {t('standards.bare', { count: bare })}</span>}
      </summary>
      <table className="plain" aria-label={title}>
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col">{t('drafting.points')}</th>
            <th scope="col" className="num">
              {t('standards.indicators')}
            </th>
            <th scope="col">{means}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr key={r.id}>
              <th scope="row">{r.name}</th>
              <td>
                <span className="share" aria-hidden="true">
                  <span style={{ width: share(r) }} />
                </span>
                <span className="num">{shown(r.points)}</span>
              </td>
              <td className="num">{r.indicators}</td>
              <td className="quiet">
                {r.indicators === 0 ? (
                  <span className="late">{t('standards.bareOne')}</span>
                ) : (
                  r.means
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
