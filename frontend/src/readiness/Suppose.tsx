import { Button } from 'antd'
import { type FormEvent, type ReactNode, useState } from 'react'
import { now } from '../api/clock'
import { ProblemError } from '../api/problem'
import { useEntries, useFindings } from '../api/queries'
import {
  type Readiness,
  type Supposable,
  type Supposition,
  suppose,
  useSupposable,
} from '../api/readiness'
import { Ratio } from '../checks/Ratio'
import { today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { toast } from '../ui/toast'
import { Changes } from './Changes'
import { supposed, ways } from './supposed'

/** More rows than anybody reads; the server takes 200 changes. */
const mostRows = 20

interface Props {
  prison: string
  area: string
  readiness: Readiness
}

/** What the score would be if an entry stood otherwise, a duty were missed, or something found; nothing is kept. */
export function Suppose({ prison, area, readiness }: Props) {
  const t = useT()
  const names = useNames()
  const [version, setVersion] = useState('')
  const can = useSupposable(prison, area, version).data
  const standing = useEntries({
    prison,
    area,
    state: ['submitted', 'approved'],
    sort: 'changed_at',
    limit: 100,
  })
  const entries = standing.data?.pages[0]?.entries ?? []
  const found = useFindings(prison, area).data ?? []
  const [outcome, setOutcome] = useState<Supposition>()
  const [problems, setProblems] = useState<ProblemError['errors']>([])
  const [busy, setBusy] = useState(false)
  const options = (ledgers: string[] = []) =>
    ledgers.map((l) => (
      <option key={l} value={l}>
        {names.ledger(l)}
      </option>
    ))
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const typed = new FormData(e.currentTarget)
    const values = (name: string) => typed.getAll(name).map((v) => String(v).trim())
    setBusy(true)
    try {
      setOutcome(await suppose(prison, area, supposed(values, now())))
      setProblems([])
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblems(error.errors)
      toast(error.message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section className="panel finding" aria-labelledby="suppose">
      <h2 id="suppose">{t('readiness.suppose')}</h2>
      <form onSubmit={(e) => void send(e)}>
        <Rows of={t('readiness.entry')}>
          <label>
            {t('readiness.entry')}
            <select name="entry">
              <option value="">{t('readiness.none')}</option>
              {entries.flatMap((e) =>
                ways(e).map((as) => (
                  <option key={e.id + as} value={`${e.id} ${as}`}>
                    {`${names.ledger(e.ledger)} ${e.day ?? ''} ${e.author_name}: ${t(`readiness.as_${as}`)}`}
                  </option>
                )),
              )}
            </select>
          </label>
        </Rows>
        <Rows of={t('readiness.filed')}>
          <label>
            {t('readiness.filed')}
            <select name="filed">
              <option value="">{t('readiness.none')}</option>
              {options(can?.filed)}
            </select>
          </label>
          <label>
            {t('readiness.filedOn')}
            <input name="filedOn" type="date" max={today(now())} />
          </label>
        </Rows>
        <Rows of={t('readiness.missed')}>
          <label>
            {t('readiness.missed')}
            <select name="ledger">
              <option value="">{t('readiness.none')}</option>
              {options(can?.missed)}
            </select>
          </label>
          <label>
            {t('readiness.times')}
            <input name="times" type="number" min={1} max={200} defaultValue={1} required />
          </label>
        </Rows>
        <Rows of={t('readiness.finding')}>
          <Found lines={can?.lines ?? []} />
        </Rows>
        <Rows of={t('readiness.without')}>
          <label>
            {t('readiness.without')}
            <select name="without">
              <option value="">{t('readiness.none')}</option>
              {found.map((f) => (
                <option key={f.id} value={f.id}>
                  {f.line} {f.day} {f.note}
                </option>
              ))}
            </select>
          </label>
        </Rows>
        <label>
          {t('readiness.version')}
          <select name="version" value={version} onChange={(e) => setVersion(e.target.value)}>
            {readiness.versions.map((v) => (
              <option key={v.version} value={v.in_force ? '' : v.version}>
                {t(v.in_force ? 'readiness.versionInForce' : 'readiness.versionIs', {
                  version: v.version,
                  day: v.effective_on,
                })}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('readiness.lineIs')}
          <input
            name="line"
            inputMode="decimal"
            pattern="[0-9]{1,4}([.][0-9]{1,2})?"
            placeholder={readiness.sheet.line}
          />
        </label>
        <p className="quiet wide">{t('readiness.supposeHint')}</p>
        {problems.map((p) => (
          <p key={p.pointer} className="danger wide" role="alert">
            {p.message}
          </p>
        ))}
        <Button htmlType="submit" loading={busy}>
          {t('readiness.try')}
        </Button>
      </form>
      {outcome && (
        <div role="status">
          <p>
            {t('readiness.outcome', {
              before: outcome.before.display,
              after: outcome.after.display,
            })}
            <span className={`status ${outcome.after.passes ? 'approved' : 'overdue'}`}>
              {t(outcome.after.passes ? 'readiness.passes' : 'readiness.fails')}
            </span>
          </p>
          {outcome.changes.length > 0 && <Changes prison={prison} list={outcome.changes} />}
        </div>
      )}
    </section>
  )
}

/** A line that findings cost, and what a finding under it brings. */
function Found({ lines }: { lines: Supposable['lines'] }) {
  const t = useT()
  const lang = useLang()
  const [id, setId] = useState('')
  // Another version may not have it, or ask for something else there.
  const line = lines.find((l) => l.id === id)
  return (
    <>
      <label>
        {t('readiness.finding')}
        <select name="finding" value={line?.id ?? ''} onChange={(e) => setId(e.target.value)}>
          <option value="">{t('readiness.none')}</option>
          {lines.map((l) => (
            <option key={l.id} value={l.id}>
              {l.indicator} {text(l.title, lang)}
            </option>
          ))}
        </select>
      </label>
      {/* Each row says all three, so that rows are told by their place. */}
      {line?.asks === 'ratio' ? (
        <>
          <Ratio />
          <input type="hidden" name="count" value="1" />
        </>
      ) : (
        <>
          <label>
            {t('readiness.times')}
            <input name="count" type="number" min={1} max={1000} defaultValue={1} required />
          </label>
          <input type="hidden" name="of" value="" />
          <input type="hidden" name="per" value="" />
        </>
      )}
    </>
  )
}

/** One row of fields at first, and as many more as are asked for; each of those can be taken away. */
function Rows({ of, children }: { of: string; children: ReactNode }) {
  const t = useT()
  const [rows, setRows] = useState([0])
  return rows.map((row, n) => (
    <div key={row} className="row">
      {children}
      <span>
        {n > 0 && (
          <Button
            type="link"
            aria-label={`${t('readiness.less')} ${of}`}
            onClick={() => setRows(rows.filter((other) => other !== row))}
          >
            {t('readiness.less')}
          </Button>
        )}
        {n === rows.length - 1 && n < mostRows && (
          <Button
            type="link"
            aria-label={`${t('readiness.more')} ${of}`}
            onClick={() => setRows([...rows, row + 1])}
          >
            {t('readiness.more')}
          </Button>
        )}
      </span>
    </div>
  ))
}
