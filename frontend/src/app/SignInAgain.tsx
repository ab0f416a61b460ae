import { useQueryClient } from '@tanstack/react-query'
import { Button, Input, type InputRef } from 'antd'
import { type FormEvent, type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { login } from '../api/login'
import type { Me } from '../api/model'
import { isProblem, ProblemError } from '../api/problem'
import { signIn, whoAmI } from '../api/session'
import { useT } from '../i18n'

/**
 * The login has ended under somebody's hands: the page stays as it is, covered, until the same person has
 * signed in again; then all that waited goes on. For anybody else the page is left.
 */
export function SignInAgain({ me }: { me: Me }) {
  const t = useT()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const dialog = useRef<HTMLDialogElement>(null)
  const field = useRef<InputRef>(null)
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  /** Who is signed in here instead. */
  const [other, setOther] = useState<string>()

  const show = useCallback(() => {
    if (!dialog.current || dialog.current.open) return
    dialog.current.showModal()
    field.current?.focus()
  }, [])
  useEffect(show, [show])

  // Another window may have signed in again already, or does so while this one is away.
  useEffect(() => {
    const look = () => {
      if (document.visibilityState !== 'visible') return
      whoAmI().then(
        () => queries.invalidateQueries(),
        (error: unknown) => {
          if (isProblem(error, 'another_person')) setOther(String(error.members.name))
        },
      )
    }
    look()
    document.addEventListener('visibilitychange', look)
    window.addEventListener('focus', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      window.removeEventListener('focus', look)
    }
  }, [queries])

  const enter = async (e: FormEvent) => {
    e.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      await signIn(me.number, password)
      await queries.invalidateQueries()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblem(error.message)
      setPassword('')
      field.current?.focus()
    } finally {
      setBusy(false)
    }
  }

  const leave = async () => {
    if (!window.confirm(t('signIn.leaveAsk', { name: me.name }))) return
    login.leave()
    await navigate('/')
    await queries.resetQueries()
  }

  const who = { name: me.name, number: me.number }
  // The page's keys are not the dialog's.
  const keep = (e: KeyboardEvent) => {
    e.stopPropagation()
    if (e.key === 'Escape') e.preventDefault()
  }
  return (
    <dialog
      ref={dialog}
      className="panel sign-in-again"
      aria-labelledby="sign-in-again"
      aria-describedby="sign-in-again-why"
      onCancel={(e) => e.preventDefault()}
      onClose={show}
      onKeyDown={keep}
    >
      <h2 id="sign-in-again">{t('signIn.over')}</h2>
      <p id="sign-in-again-why">
        {other === undefined ? t('signIn.again', who) : t('signIn.otherHere', { ...who, other })}
      </p>
      {other === undefined && (
        <form onSubmit={(e) => void enter(e)}>
          <label htmlFor="again-number">{t('signIn.number')}</label>
          <Input
            id="again-number"
            name="username"
            autoComplete="username"
            size="middle"
            readOnly
            value={me.number}
          />
          <label htmlFor="again-password">{t('signIn.password')}</label>
          <Input
            ref={field}
            id="again-password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            size="middle"
            value={password}
            aria-describedby={problem ? 'again-problem' : undefined}
            onChange={(e) => setPassword(e.target.value)}
          />
          {problem && (
            <p id="again-problem" role="alert" className="danger">
              {problem}
            </p>
          )}
          <Button type="primary" htmlType="submit" size="middle" block loading={busy}>
            {t('signIn.goOn')}
          </Button>
        </form>
      )}
      <Button block onClick={() => void leave()}>
        {t('signIn.leave')}
      </Button>
    </dialog>
  )
}
