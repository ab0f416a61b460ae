import { Button } from 'antd'
import { type CaseRecord, confirmRecord, type WholeCase } from '../api/cases'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { useNames } from '../ui/names'
import { Empty } from '../ui/States'
import { Deeds } from './Deeds'

const kinds = [
  'asked',
  'batch',
  'opinion',
  'opinion_asked',
  'results',
  'meeting',
  'evaluation',
  'told',
  'grave',
  'form',
  'snapshot',
  'package',
  'version',
] as const

/** The name of a kind of record. */
export function useKind() {
  const t = useT()
  return (kind: string) => {
    const known = kinds.find((k) => k === kind)
    return known ? t(`cases.record_${known}`) : kind
  }
}

/** What bodies say, by their kinds. */
export interface Said {
  day?: string
  text?: string
  reason?: string
  year?: number
  batch?: number
  value?: 'on_time' | 'delay'
  met?: boolean
  agenda?: string
  outcome?: 'agree' | 'send_back' | 'reject'
  total?: string
  rows?: { code: string; points: string; proof: string }[]
  deeds?: WholeCase['deeds']
  self_score?: string
  choice?: 'stay' | 'move'
  from?: { version: number }
  to?: { version: number }
}

/** What the body of a record says, in a line. */
function useSays() {
  const t = useT()
  const words = (kind: string, said: Said): (string | undefined)[] => {
    switch (kind) {
      case 'batch':
        return [`${said.year} / ${said.batch}`]
      case 'opinion':
        return [said.value && t(`cases.value_${said.value}`), said.reason]
      case 'results':
        return [t(said.met ? 'cases.met' : 'cases.notMet'), said.text]
      case 'meeting':
        return [
          said.day,
          said.agenda,
          said.outcome && t(`cases.outcome_${said.outcome}`),
          said.text,
        ]
      case 'evaluation':
        return [t('cases.total', { total: said.total })]
      case 'snapshot':
        return [said.day, said.self_score && t('cases.self', { score: said.self_score })]
      case 'version':
        return [
          said.choice === 'move'
            ? t('cases.chosen_move', { version: said.to?.version })
            : t('cases.chosen_stay', { version: said.from?.version }),
          said.reason,
        ]
    }
    return [said.day, said.reason, said.text]
  }
  return ({ kind, body }: CaseRecord) =>
    words(kind, body as Said)
      .filter(Boolean)
      .join(' · ')
}

/** What the steps left behind, and what acts rest on. */
export function Records({ whole }: { whole: WholeCase }) {
  const t = useT()
  const names = useNames()
  const kind = useKind()
  const says = useSays()
  return (
    <section className="panel" aria-labelledby="case-records">
      <h2 id="case-records">{t('cases.records')}</h2>
      {whole.records.length === 0 ? (
        <Empty>{t('cases.noRecords')}</Empty>
      ) : (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('cases.when')}</th>
              <th scope="col">{t('cases.record')}</th>
              <th scope="col">{t('cases.text')}</th>
              <th scope="col">{t('cases.who')}</th>
            </tr>
          </thead>
          <tbody>
            {whole.records.map((r) => (
              <tr key={r.id}>
                <td>{showTime(r.recorded_at)}</td>
                <td>
                  {kind(r.kind)}
                  {r.department && ` · ${names.office(r.department)}`}
                </td>
                <td>
                  {says(r)}
                  {r.kind === 'evaluation' && <Rows whole={whole} said={r.body as Said} />}
                </td>
                <td>
                  {r.by || t('cases.program')}{' '}
                  {r.confirmed && t('cases.confirmed', { by: r.confirmed.by })}
                  {!r.stands && <span className="status warning">{t('cases.unconfirmed')}</span>}
                  {r.may_confirm && <ConfirmRecord whole={whole} record={r.id} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

/** The rows of a demonstration sheet, each with what was on record when it was made. */
function Rows({ whole, said }: { whole: WholeCase; said: Said }) {
  const t = useT()
  const lang = useLang()
  const items = whole.evaluations ?? []
  return (
    <details>
      <summary>{t('cases.rows')}</summary>
      <ul>
        {(said.rows ?? []).map((row) => {
          const item = items.find((e) => e.code === row.code)
          return (
            <li key={row.code}>
              {item ? text(item.title, lang) : row.code} {row.points}/{item?.points} · {row.proof}
              <div>
                <Deeds row={row.code} list={said.deeds} />
              </div>
            </li>
          )
        })}
      </ul>
    </details>
  )
}

function ConfirmRecord({ whole, record }: { whole: WholeCase; record: string }) {
  const t = useT()
  const { busy, problems, run } = useAct()
  return (
    <>
      <Problems list={problems} />
      <Button loading={busy} onClick={() => void run((key) => confirmRecord(whole, record, key))}>
        {t('cases.confirm')}
      </Button>
    </>
  )
}
