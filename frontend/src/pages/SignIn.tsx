import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { type FormEvent, useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { ProblemError } from '../api/problem'
import { useProgress } from '../api/queries'
import { signIn } from '../api/session'
import { changeLang, useLang, useT } from '../i18n'
import { text } from '../schema/types'

export default function SignIn() {
  const t = useT()
  const lang = useLang()
  const navigate = useNavigate()
  const location = useLocation()
  const queries = useQueryClient()
  const [number, setNumber] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const progress = useProgress()
  const logins = progress.data?.logins ?? []

  const enter = async (e: FormEvent) => {
    e.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      await signIn(number.trim(), password)
      await queries.resetQueries()
      const from = (location.state as { from?: string } | null)?.from
      // Only an address of this application: anything else could lead out of it.
      navigate(from?.startsWith('/') && !from.startsWith('//') ? from : '/', { replace: true })
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblem(error.message)
      setPassword('')
    } finally {
      setBusy(false)
    }
  }

  return (
    <main className="sign-in">
      <form className="panel" onSubmit={(e) => void enter(e)} aria-labelledby="sign-in">
        <h1 id="sign-in">{t('signIn.title')}</h1>
        <label htmlFor="number">{t('signIn.number')}</label>
        <Input
          id="number"
          name="username"
          autoComplete="username"
          autoFocus
          required
          size="middle"
          inputMode="numeric"
          value={number}
          onChange={(e) => setNumber(e.target.value)}
        />
        <label htmlFor="password">{t('signIn.password')}</label>
        <Input
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          size="middle"
          value={password}
          aria-describedby={problem ? 'sign-in-problem' : undefined}
          onChange={(e) => setPassword(e.target.value)}
        />
        {problem && (
          <p id="sign-in-problem" role="alert" className="danger">
            {problem}
          </p>
        )}
        <Button type="primary" htmlType="submit" size="middle" block loading={busy}>
          {t('signIn.enter')}
        </Button>
        <Button type="link" block onClick={() => void changeLang(lang === 'zh' ? 'en' : 'zh')}>
          {lang === 'zh' ? 'English' : '中文'}
        </Button>
      </form>
      {logins.length > 0 && (
        <section className="panel" aria-labelledby="demonstration">
          <h2 id="demonstration">{t('signIn.demonstration')}</h2>
          <p className="quiet">{t('signIn.demonstrationText')}</p>
          <ul className="logins">
            {logins.map((login) => (
              <li key={login.number}>
                <button type="button" className="login" onClick={() => setNumber(login.number)}>
                  <strong>{text(login.title, lang)}</strong> {login.name}{' '}
                  <span className="mono">{login.number}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </main>
  )
}
