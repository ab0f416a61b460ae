import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { changeArea, counts, useAreaChanges } from '../api/areas'
import { now } from '../api/clock'
import { act } from '../api/http'
import type { Area } from '../api/model'
import { ProblemError } from '../api/problem'
import { useOrganisation, usePrison } from '../api/queries'
import { showTime, today } from '../form/time'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import { toast } from '../ui/toast'
import '../approval/approval.css'

/** Which areas count among the prison's, since when and until when, and who said so. */
export default function Areas() {
  const t = useT()
  const prison = usePrison()
  const names = useNames()
  const organisation = useOrganisation()
  const [shown, setShown] = useState('')
  const day = today(now())
  return (
    <>
      <PageTitle title={t('areas.title')} />
      <Ready query={organisation}>
        {({ prisons }) => {
          const areas = prisons.find((p) => p.id === prison)?.areas ?? []
          const area = areas.find((a) => a.id === shown)
          return (
            <>
              <div className="panel">
                <table className="plain">
                  <thead>
                    <tr>
                      <th scope="col">{t('areas.code')}</th>
                      <th scope="col">{t('areas.name')}</th>
                      <th scope="col">{t('areas.kind')}</th>
                      <th scope="col">{t('areas.opened')}</th>
                      <th scope="col">{t('areas.closed')}</th>
                      <th scope="col">{t('areas.standing')}</th>
                      <th scope="col">{t('areas.history')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {areas.map((a) => (
                      <tr key={a.id}>
                        <td>{a.code}</td>
                        <td>{names.area(a.id)}</td>
                        <td>
                          {t(`areas.kind_${a.kind}`)}
                          {a.sub_area && ` · ${t('areas.subArea')}`}
                        </td>
                        <td>{a.opened_on ?? '—'}</td>
                        <td>{a.closed_on ?? '—'}</td>
                        <td>
                          <span className={`status ${counts(a, day) ? 'approved' : 'draft'}`}>
                            {counts(a, day) ? t('areas.counts') : t('areas.countsNot')}
                          </span>
                        </td>
                        <td>
                          <Button onClick={() => setShown(a.id)}>{t('areas.showHistory')}</Button>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              {area && <History key={`${area.id} ${area.version}`} area={area} />}
            </>
          )
        }}
      </Ready>
    </>
  )
}

function History({ area }: { area: Area }) {
  const t = useT()
  const names = useNames()
  const query = useAreaChanges(area)
  return (
    <section className="panel" aria-labelledby="area-history">
      <h2 id="area-history">{t('areas.of', { area: names.area(area.id) })}</h2>
      <Ready query={query}>
        {({ changes, actions }) => (
          <>
            {changes.length === 0 ? (
              <Empty>{t('areas.noChanges')}</Empty>
            ) : (
              <table className="plain">
                <thead>
                  <tr>
                    <th scope="col">{t('areas.when')}</th>
                    <th scope="col">{t('areas.who')}</th>
                    <th scope="col">{t('areas.opened')}</th>
                    <th scope="col">{t('areas.closed')}</th>
                    <th scope="col">{t('areas.subArea')}</th>
                    <th scope="col">{t('areas.reason')}</th>
                  </tr>
                </thead>
                <tbody>
                  {changes.map((c) => (
                    <tr key={c.version}>
                      <td>{showTime(c.recorded_at)}</td>
                      <td>{c.name}</td>
                      <td>{c.opened_on ?? '—'}</td>
                      <td>{c.closed_on ?? '—'}</td>
                      <td>{c.sub_area ? '✓' : '—'}</td>
                      <td>{c.reason}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
            {actions.includes('edit') && <ChangeForm area={area} />}
          </>
        )}
      </Ready>
    </section>
  )
}

function ChangeForm({ area }: { area: Area }) {
  const t = useT()
  const queries = useQueryClient()
  const [once] = useState(act)
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<string[]>([])
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const typed = new FormData(e.currentTarget)
    const value = (name: string) => String(typed.get(name) ?? '').trim()
    setBusy(true)
    try {
      const body = {
        version: area.version,
        opened_on: value('opened'),
        closed_on: value('closed'),
        sub_area: typed.has('sub'),
        reason: value('reason'),
      }
      await once((key) => changeArea(area, body, key))
      toast(t('areas.changed'))
      await queries.invalidateQueries()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblems(error.errors.length > 0 ? error.errors.map((x) => x.message) : [error.message])
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="delegation-form" onSubmit={(e) => void send(e)}>
      <label>
        {t('areas.opened')}
        <input type="date" name="opened" defaultValue={area.opened_on} />
        <small className="quiet">{t('areas.openedMeans')}</small>
      </label>
      <label>
        {t('areas.closed')}
        <input type="date" name="closed" defaultValue={area.closed_on} />
        <small className="quiet">{t('areas.closedMeans')}</small>
      </label>
      <label>
        <input type="checkbox" name="sub" defaultChecked={area.sub_area} /> {t('areas.subArea')}
      </label>
      <label>
        {t('areas.reason')}
        <input name="reason" required maxLength={500} />
      </label>
      {problems.map((p) => (
        <p key={p} className="danger" role="alert">
          {p}
        </p>
      ))}
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('areas.save')}
      </Button>
    </form>
  )
}
