import { Link } from 'react-router'
import type { Role } from '../api/model'
import type { StewardReport } from '../api/stewardship'
import { useLang, useT } from '../i18n'
import { Table } from '../overview/Table'
import { text } from '../schema/types'
import { useNames } from '../ui/names'

export const lists = ['no_owner', 'two_owners', 'vacant', 'owner_only', 'idle', 'overlaps'] as const
export type List = (typeof lists)[number]

/** What is missing and what is double: each figure opens the list that it counts. */
export function Report(props: { of: StewardReport; show: string; to: (show: string) => string }) {
  const { of, show, to } = props
  const t = useT()
  const shown = lists.find((l) => l === show)
  return (
    <section className="panel" aria-labelledby="report">
      <h2 id="report">{t('matrix.report')}</h2>
      <ul className="figures">
        {lists.map((l) => (
          <li key={l}>
            <Link to={to(l === shown ? '' : l)} aria-current={l === shown}>
              {t(`matrix.report_${l}`)} <strong>{of[l].length}</strong>
            </Link>
          </li>
        ))}
      </ul>
      {shown && (
        <div className="table-scroll">
          <h3>{t(`matrix.report_${shown}`)}</h3>
          {of[shown].length === 0 ? (
            <p className="quiet">{t('matrix.nothing')}</p>
          ) : (
            <Shown of={of} list={shown} />
          )}
        </div>
      )}
    </section>
  )
}

function Shown({ of, list }: { of: StewardReport; list: List }) {
  const names = useNames()
  if (list === 'vacant') return <Vacant of={of.vacant} />
  if (list === 'overlaps') return <Overlaps of={of.overlaps} />
  if (list === 'idle')
    return (
      <ul>
        {of.idle.map((d) => (
          <li key={d}>{names.department(d)}</li>
        ))}
      </ul>
    )
  return (
    <ul>
      {of[list].map((l) => (
        <li key={l}>
          <Link to={`/ledgers/${l}`}>{names.ledger(l)}</Link>
        </li>
      ))}
    </ul>
  )
}

function Vacant({ of }: { of: StewardReport['vacant'] }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  return (
    <Table
      head={[
        t('matrix.ledger'),
        t('matrix.step'),
        t('matrix.unitOf'),
        t('matrix.roles'),
        t('matrix.areas'),
      ]}
    >
      {of.map((v) => (
        <tr key={v.ledger + v.step.zh + v.unit}>
          <th scope="row">
            <Link to={`/ledgers/${v.ledger}`}>{names.ledger(v.ledger)}</Link>
          </th>
          <td>
            {text(v.step, lang)} {v.when && <span className="quiet">{t('matrix.condition')}</span>}
          </td>
          <td>{t(`matrix.unit_${v.unit}`)}</td>
          <td>{v.roles.map((r) => t(`role.${r as Role}`)).join(t('marks.list'))}</td>
          <td>{v.areas.map(names.area).join(t('marks.list')) || '—'}</td>
        </tr>
      ))}
    </Table>
  )
}

function Overlaps({ of }: { of: StewardReport['overlaps'] }) {
  const t = useT()
  const names = useNames()
  return (
    <Table head={[t('matrix.ledger'), t('matrix.other'), t('matrix.fields'), t('matrix.crossing')]}>
      {of.map((p) => (
        <tr key={p.ledger + p.field + p.other + p.text}>
          <th scope="row">
            <Link to={`/ledgers/${p.ledger}`}>{names.ledger(p.ledger)}</Link>
          </th>
          <td>
            <Link to={`/ledgers/${p.other}`}>{names.ledger(p.other)}</Link>
          </td>
          <td>
            “{p.field}” ～ “{p.text}” <span className="quiet">{Math.round(p.score / 10)}%</span>
          </td>
          <td>{p.crossing ? t('matrix.crossing') : '—'}</td>
        </tr>
      ))}
    </Table>
  )
}
