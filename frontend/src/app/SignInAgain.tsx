import { useQueryClient } from '@tanstack/react-query'
import { Button, type InputRef } from 'antd'
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { login } from '../api/login'
import type { Me } from '../api/model'
import { isProblem } from '../api/problem'
import { signIn, whoAmI } from '../api/session'
import { useT } from '../i18n'
import { SignInFields, useSignIn } from './SignInFields'

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

  const again = useSignIn(async (password) => {
    try {
      await signIn(me.number, password)
      await queries.invalidateQueries()
    } catch (error) {
      field.current?.focus()
      throw error
    }
  })

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
        <form onSubmit={(e) => void again.onSubmit(e)}>
          <SignInFields
            prefix="again-"
            signIn={again}
            number={me.number}
            passwordRef={field}
            button={t('signIn.goOn')}
          />
        </form>
      )}
      <Button block onClick={() => void leave()}>
        {t('signIn.leave')}
      </Button>
    </dialog>
  )
}
