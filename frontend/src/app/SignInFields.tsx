import { Button, Input, type InputRef } from 'antd'
import { type FormEvent, type Ref, useState } from 'react'
import { ProblemError } from '../api/problem'
import { useT } from '../i18n'

/** A password as it is typed and tried; enter rejects with the problem where it is not taken. */
export function useSignIn(enter: (password: string) => Promise<void>) {
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const onSubmit = async (e: FormEvent) => {
    e.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      await enter(password)
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblem(error.message)
      setPassword('')
    } finally {
      setBusy(false)
    }
  }
  return { password, setPassword, busy, problem, onSubmit }
}

/** What a form of signing in holds: number, password, what was wrong, and the button. */
export function SignInFields(props: {
  /** Before the ids: two such forms never share them. */
  prefix: string
  signIn: ReturnType<typeof useSignIn>
  number: string
  /** Undefined: it is known who signs in. */
  onNumber?: (number: string) => void
  passwordRef?: Ref<InputRef>
  button: string
}) {
  const t = useT()
  const { prefix, number, onNumber } = props
  const { password, setPassword, busy, problem } = props.signIn
  return (
    <>
      <label htmlFor={`${prefix}number`}>{t('signIn.number')}</label>
      <Input
        id={`${prefix}number`}
        name="username"
        autoComplete="username"
        autoFocus={onNumber !== undefined}
        readOnly={onNumber === undefined}
        required={onNumber !== undefined}
        size="middle"
        inputMode="numeric"
        value={number}
        onChange={(e) => onNumber?.(e.target.value)}
      />
      <label htmlFor={`${prefix}password`}>{t('signIn.password')}</label>
      <Input
        ref={props.passwordRef}
        id={`${prefix}password`}
        name="password"
        type="password"
        autoComplete="current-password"
        required
        size="middle"
        value={password}
        aria-describedby={problem ? `${prefix}problem` : undefined}
        onChange={(e) => setPassword(e.target.value)}
      />
      {problem && (
        <p id={`${prefix}problem`} role="alert" className="danger">
          {problem}
        </p>
      )}
      <Button type="primary" htmlType="submit" size="middle" block loading={busy}>
        {props.button}
      </Button>
    </>
  )
}
