import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useNavigate } from 'react-router'
import { ProblemError } from '../api/problem'
import { useMe, useSessions } from '../api/queries'
import { changePassword, endSession, signOutEverywhere } from '../api/session'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { onlyHere } from '../offline/kept'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'

/** A new password; every other session of the person ends with it. */
function Password() {
  const t = useT()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const change = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const form = e.currentTarget
    const typed = new FormData(form)
    const value = (name: string) => String(typed.get(name) ?? '')
    if (value('new') !== value('again')) {
      setProblem(t('password.differ'))
      return
    }
    setBusy(true)
    try {
      await changePassword(value('old'), value('new'))
      form.reset()
      setProblem('')
      toast(t('password.done'))
      await queries.invalidateQueries()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblem(error.message)
    } finally {
      setBusy(false)
    }
  }
  const fields = [
    { name: 'old', complete: 'current-password' },
    { name: 'new', complete: 'new-password' },
    { name: 'again', complete: 'new-password' },
  ] as const
  return (
    <section className="panel">
      <h2>{t('password.title')}</h2>
      <form className="password" onSubmit={(e) => void change(e)}>
        {fields.map(({ name, complete }) => (
          <label key={name} htmlFor={`password-${name}`}>
            {t(`password.${name}`)}
            <input
              id={`password-${name}`}
              name={name}
              type="password"
              required
              minLength={name === 'old' ? 1 : 10}
              maxLength={200}
              autoComplete={complete}
            />
          </label>
        ))}
        <Button htmlType="submit" loading={busy}>
          {t('password.change')}
        </Button>
      </form>
      {problem && (
        <p className="danger" role="alert">
          {problem}
        </p>
      )}
    </section>
  )
}

/** Where one is signed in, and the way to end it everywhere. */
export default function Sessions() {
  const t = useT()
  const query = useSessions()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const me = useMe().data!
  const everywhere = async () => {
    const lost = await onlyHere(me.person)
    if (lost > 0 && !window.confirm(t('offline.signOutAsk', { count: lost }))) return
    await signOutEverywhere(me.person)
    queries.clear()
    navigate('/sign-in')
  }
  const end = async (id: string) => {
    await endSession(id)
    await query.refetch()
  }
  return (
    <>
      <PageTitle title={t('menu.sessions')}>
        <Button danger onClick={() => void everywhere()}>
          {t('sessions.everywhere')}
        </Button>
      </PageTitle>
      <Ready query={query}>
        {(data) => (
          <div className="panel">
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('sessions.agent')}</th>
                  <th scope="col">{t('sessions.address')}</th>
                  <th scope="col">{t('sessions.created')}</th>
                  <th scope="col">{t('sessions.seen')}</th>
                  <th scope="col">{t('sessions.act')}</th>
                </tr>
              </thead>
              <tbody>
                {data.sessions.map((s) => (
                  <tr key={s.id}>
                    <td>{s.agent}</td>
                    <td className="mono">{s.address}</td>
                    <td>{showTime(s.created_at)}</td>
                    <td>{showTime(s.seen_at)}</td>
                    <td>
                      {s.id === data.current ? (
                        t('sessions.this')
                      ) : (
                        <Button onClick={() => void end(s.id)}>{t('sessions.end')}</Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Ready>
      <Password />
    </>
  )
}
