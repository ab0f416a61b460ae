import { Button } from 'antd'
import { useState } from 'react'
import { decidePaper, type Paper, type PaperCell, type PaperWord } from '../api/stewardship'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { Table } from '../overview/Table'
import { useAct } from '../standards/useAct'
import { useNames } from '../ui/names'
import { toast } from '../ui/toast'

const words = ['confirm', 'refuse', 'withdraw'] as const
const keyOf = (c: PaperCell) => `${c.area} ${c.ledger}`

/** What waits for the owning departments; the reader decides on many of it at once. */
export function Waiting({ paper }: { paper: Paper }) {
  const t = useT()
  const names = useNames()
  const { busy, problems, run } = useAct()
  const [chosen, choose] = useState<string[]>([])
  const [comment, setComment] = useState('')
  const waiting = paper.cells.filter((c) => c.waits)
  const open = waiting.filter((c) => c.actions.length > 0)
  if (waiting.length === 0) return null
  const picked = open.filter((c) => chosen.includes(keyOf(c)))
  const say = async (verdict: PaperWord) => {
    const declarations = picked.map(({ area, ledger, n }) => ({ area, ledger, n }))
    if (!(await run((key) => decidePaper(paper.prison, { declarations, verdict, comment }, key)))) {
      return
    }
    choose([])
    setComment('')
    toast(t('paper.worded'))
  }
  const offered = words.filter((w) => open.some((c) => c.actions.includes(w)))
  return (
    <section className="panel" aria-labelledby="paper-waiting">
      <h2 id="paper-waiting">{t('paper.waiting')}</h2>
      {open.length > 1 && (
        <label>
          <input
            type="checkbox"
            checked={picked.length === open.length}
            onChange={(e) => choose(e.target.checked ? open.map(keyOf) : [])}
          />{' '}
          {t('paper.pickAll')}
        </label>
      )}
      <div className="table-scroll">
        <Table
          head={[
            t('paper.ledger'),
            t('paper.area'),
            t('paper.state'),
            t('paper.asked'),
            t('paper.why'),
            t('paper.author'),
          ]}
        >
          {waiting.map((c) => (
            <tr key={keyOf(c)}>
              <th scope="row">
                {c.actions.length > 0 ? (
                  <label>
                    <input
                      type="checkbox"
                      aria-label={t('paper.pickOne', {
                        what: `${names.area(c.area)} ${names.ledger(c.ledger)}`,
                      })}
                      checked={chosen.includes(keyOf(c))}
                      onChange={(e) =>
                        choose((all) =>
                          e.target.checked
                            ? [...all, keyOf(c)]
                            : all.filter((one) => one !== keyOf(c)),
                        )
                      }
                    />{' '}
                    {names.ledger(c.ledger)}
                  </label>
                ) : (
                  names.ledger(c.ledger)
                )}
              </th>
              <td>{names.area(c.area)}</td>
              <td>{t(`paper.${c.state}`)}</td>
              <td>
                {c.waits &&
                  t('paper.ahead', {
                    day: c.waits.from_day,
                    state: t(`paper.${c.waits.state}`),
                  })}
              </td>
              <td>{c.waits?.reason || '—'}</td>
              <td>
                {c.waits?.author_name}{' '}
                <span className="quiet">{c.waits && showTime(c.waits.recorded_at)}</span>
              </td>
            </tr>
          ))}
        </Table>
      </div>
      {problems.map((p) => (
        <p key={p} className="danger" role="alert">
          {p}
        </p>
      ))}
      {offered.length > 0 && (
        <p className="calendar-tools">
          <label>
            {t('paper.comment')}{' '}
            <input value={comment} maxLength={500} onChange={(e) => setComment(e.target.value)} />
          </label>
          {offered.map((w) => (
            <Button
              key={w}
              type={w === 'confirm' ? 'primary' : 'default'}
              loading={busy}
              disabled={picked.length === 0 || !picked.every((c) => c.actions.includes(w))}
              onClick={() => void say(w)}
            >
              {t(`paper.word_${w}`)}
            </Button>
          ))}
          <span className="quiet">{t('paper.chosen', { n: picked.length })}</span>
        </p>
      )}
    </section>
  )
}
