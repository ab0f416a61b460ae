import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { Timers } from '../accreditation/Timers'
import { useLevel, useUnit } from '../accreditation/words'
import { beginCase, type CaseBoard, useCases } from '../api/cases'
import { PageTabs } from '../app/PageTabs'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import { toast } from '../ui/toast'
import '../approval/approval.css'

/** The board: every case in sight by its step, and beginning another. */
export default function Cases() {
  const t = useT()
  return (
    <>
      <PageTitle title={t('cases.title')}>
        <Link to="/titles">{t('cases.titles')}</Link>
      </PageTitle>
      <PageTabs of="/accreditation" />
      <Ready query={useCases()}>{(board) => <Board board={board} />}</Ready>
    </>
  )
}

function Board({ board }: { board: CaseBoard }) {
  const t = useT()
  const lang = useLang()
  const level = useLevel()
  const unit = useUnit()
  const [asked] = useSearchParams()
  const only = asked.get('state')
  const cases = board.cases.filter(
    (c) =>
      (!asked.get('prison') || c.prison === asked.get('prison')) &&
      (!asked.get('track') || (c.area ? 'area' : 'prison') === asked.get('track')) &&
      (!asked.get('open') || c.open),
  )
  const steps = board.states.filter(
    (s) => (!only || s.state === only) && cases.some((c) => c.state === s.state),
  )
  return (
    <>
      {board.begin.length > 0 && <Begin board={board} />}
      {[...asked].length > 0 && (
        <p>
          <Link to="/accreditation">{t('cases.allSteps')}</Link>
        </p>
      )}
      {steps.length === 0 && <Empty>{t('cases.none')}</Empty>}
      {steps.map((s) => (
        <section key={s.state} className="panel" aria-labelledby={`step-${s.state}`}>
          <h2 id={`step-${s.state}`}>{text(s.title, lang)}</h2>
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('cases.unit')}</th>
                <th scope="col">{t('cases.level')}</th>
                <th scope="col">{t('cases.since')}</th>
                <th scope="col">{t('cases.due')}</th>
              </tr>
            </thead>
            <tbody>
              {cases
                .filter((c) => c.state === s.state)
                .map((c) => (
                  <tr key={c.id}>
                    <td>
                      <Link to={`/prisons/${c.prison}/cases/${c.id}`}>{unit(c)}</Link>
                    </td>
                    <td>{level(c.level)}</td>
                    <td>{showTime(c.at)}</td>
                    <td>
                      {c.timers.length > 0 ? <Timers list={c.timers} /> : t('cases.noneHere')}
                    </td>
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
      ))}
    </>
  )
}

function Begin({ board }: { board: CaseBoard }) {
  const t = useT()
  const unit = useUnit()
  const level = useLevel()
  const go = useNavigate()
  const { busy, problems, run } = useAct()
  const [at, setAt] = useState(0)
  const chosen = board.begin[at]
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const wanted = String(new FormData(e.currentTarget).get('level'))
    if (!chosen) return
    await run(async (key) => {
      const begun = await beginCase(chosen.prison, chosen.area ?? '', wanted, key)
      toast(t('cases.begun'))
      void go(`/prisons/${begun.prison}/cases/${begun.id}`)
    })
  }
  return (
    <form
      className="panel delegation-form"
      aria-label={t('cases.begin')}
      onSubmit={(e) => void send(e)}
    >
      <label>
        {t('cases.unit')}
        <select value={at} onChange={(e) => setAt(Number(e.target.value))}>
          {board.begin.map((b, n) => (
            <option key={`${b.prison} ${b.area ?? ''}`} value={n}>
              {unit(b)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('cases.level')}
        <select name="level" key={at}>
          {chosen?.levels.map((l) => (
            <option key={l} value={l}>
              {level(l)}
            </option>
          ))}
        </select>
      </label>
      <p className="quiet wide">{t('cases.beginHint')}</p>
      <Problems list={problems} />
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('cases.begin')}
      </Button>
    </form>
  )
}
