import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { useProgress } from '../api/queries'
import { signIn } from '../api/session'
import { SignInFields, useSignIn } from '../app/SignInFields'
import { changeLang, useLang, useT } from '../i18n'
import { text } from '../schema/types'

export default function SignIn() {
  const t = useT()
  const lang = useLang()
  const navigate = useNavigate()
  const location = useLocation()
  const queries = useQueryClient()
  const [number, setNumber] = useState('')
  const progress = useProgress()
  const logins = progress.data?.logins ?? []

  const entering = useSignIn(async (password) => {
    await signIn(number.trim(), password)
    await queries.resetQueries()
    const from = (location.state as { from?: string } | null)?.from
    // Only an address of this application: anything else could lead out of it.
    navigate(from?.startsWith('/') && !from.startsWith('//') ? from : '/', { replace: true })
  })

  return (
    <main className="sign-in">
      <form className="panel" onSubmit={(e) => void entering.onSubmit(e)} aria-labelledby="sign-in">
        <h1 id="sign-in">{t('signIn.title')}</h1>
        <SignInFields
          prefix=""
          signIn={entering}
          number={number}
          onNumber={setNumber}
          button={t('signIn.enter')}
        />
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
