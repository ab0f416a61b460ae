import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { type Delegation, delegate, endDelegation, useDelegations } from '../api/approval'
import { now } from '../api/clock'
import { act, newKey } from '../api/http'
import type { Posting } from '../api/model'
import { ProblemError } from '../api/problem'
import { useMe, usePrison } from '../api/queries'
import { PersonInput } from '../approval/PersonInput'
import { today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import { toast } from '../ui/toast'
import '../approval/approval.css'

/** Who decides in whose name and until when; one's own are made and ended here. */
export default function Delegations() {
  const t = useT()
  const prison = usePrison()
  const query = useDelegations(prison)
  return (
    <>
      <PageTitle title={t('approval.delegations')} />
      <NewDelegation prison={prison} />
      <Ready query={query}>
        {(list) =>
          list.length === 0 ? (
            <Empty>{t('approval.noDelegations')}</Empty>
          ) : (
            <div className="panel">
              <table className="plain">
                <thead>
                  <tr>
                    <th scope="col">{t('approval.whoForWhom')}</th>
                    <th scope="col">{t('approval.post')}</th>
                    <th scope="col">{t('approval.days')}</th>
                    <th scope="col">{t('approval.reason')}</th>
                    <th scope="col">{t('approval.standing')}</th>
                    <th scope="col">{t('approval.act')}</th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((d) => (
                    <Row key={d.id} delegation={d} />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Ready>
    </>
  )
}

function Row({ delegation: d }: { delegation: Delegation }) {
  const t = useT()
  const names = useNames()
  const queries = useQueryClient()
  const end = async () => {
    try {
      await endDelegation(d.prison, d.id, newKey())
      toast(t('approval.ended'))
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast(error.message)
    }
    await queries.invalidateQueries()
  }
  return (
    <tr>
      <td>{t('approval.for', { deputy: d.deputy_name, holder: d.holder_name })}</td>
      <td>
        {d.area ? names.area(d.area) : d.department ? names.department(d.department) : ''}{' '}
        {t(`role.${d.role}`)}
      </td>
      <td>{t('approval.fromUntil', { from: d.from, until: d.until })}</td>
      <td>{d.reason}</td>
      <td>
        <span className={`status ${d.standing === 'in_force' ? 'approved' : 'draft'}`}>
          {t(`approval.standing_${d.standing}`)}
        </span>
      </td>
      <td>
        {d.mine && d.standing !== 'over' ? (
          <Button onClick={() => void end()}>{t('approval.end')}</Button>
        ) : (
          '—'
        )}
      </td>
    </tr>
  )
}

function NewDelegation({ prison }: { prison: string }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const queries = useQueryClient()
  const posts = (useMe().data?.postings ?? []).filter((p) => p.prison === prison)
  const [once] = useState(act)
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<string[]>([])
  const place = (p: Posting) =>
    p.area
      ? names.area(p.area)
      : p.department
        ? names.department(p.department)
        : names.prison(prison)

  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const form = e.currentTarget
    const typed = new FormData(form)
    const value = (name: string) => String(typed.get(name) ?? '').trim()
    const post = posts[Number(value('post'))]
    if (!post) return
    setBusy(true)
    try {
      const body = {
        deputy: value('deputy'),
        role: post.role,
        area: post.area,
        department: post.department,
        from: value('from'),
        until: value('until'),
        reason: value('reason'),
      }
      await once((key) => delegate(prison, body, key))
      form.reset()
      setProblems([])
      toast(t('approval.delegated'))
      await queries.invalidateQueries()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblems(error.errors.length > 0 ? error.errors.map((x) => x.message) : [error.message])
    } finally {
      setBusy(false)
    }
  }

  const day = today(now())
  return (
    <section className="panel">
      <h2>{t('approval.newDelegation')}</h2>
      <p className="quiet">{t('approval.delegationMeans')}</p>
      <form className="delegation-form" onSubmit={(e) => void send(e)}>
        <label htmlFor="delegation-post">
          {t('approval.myPost')}
          <select id="delegation-post" name="post" required>
            {posts.map((p, i) => (
              <option key={`${p.role}${p.area ?? ''}${p.department ?? ''}`} value={i}>
                {place(p)} {text(p.title, lang)}
              </option>
            ))}
          </select>
        </label>
        <PersonInput
          id="delegation-deputy"
          name="deputy"
          from={`/prisons/${prison}/people`}
          label={t('approval.deputy')}
        />
        <label htmlFor="delegation-from">
          {t('approval.from')}
          <input type="date" id="delegation-from" name="from" required defaultValue={day} />
        </label>
        <label htmlFor="delegation-until">
          {t('approval.until')}
          <input type="date" id="delegation-until" name="until" required min={day} />
        </label>
        <label htmlFor="delegation-reason" className="wide">
          {t('approval.reason')}
          <input id="delegation-reason" name="reason" required maxLength={200} />
        </label>
        {problems.map((p) => (
          <p key={p} className="danger wide" role="alert">
            {p}
          </p>
        ))}
        <Button htmlType="submit" type="primary" loading={busy}>
          {t('approval.delegate')}
        </Button>
      </form>
    </section>
  )
}
