import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { act } from '../api/http'
import { ProblemError } from '../api/problem'
import { useT } from '../i18n'
import { useLastingForm } from '../offline/typed'
import { toast } from '../ui/toast'

/** What was typed, by the names of the fields; several values of a name are told apart by all. */
export interface Typed {
  (name: string): string
  all: (name: string) => string[]
}

interface Props {
  /** What the button says. */
  label: string
  /** What it is said of, for those who hear the button and do not see its place. */
  of?: string
  /** Shown at once, and again after it was sent. */
  open?: boolean
  /** Under it what was typed outlives a reload; it names the form among all. */
  lasting?: string
  children?: ReactNode
  say: (typed: Typed, key: string) => Promise<unknown>
  done: string
}

/** A form that acts once, and says beside it what the server finds wrong. */
export function ActForm({ label, of, open = false, lasting, children, say, done }: Props) {
  const t = useT()
  const queries = useQueryClient()
  const [once] = useState(act)
  const [shown, show] = useState(open)
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<string[]>([])
  const ref = useRef<HTMLFormElement>(null)
  const { keep, forget } = useLastingForm(ref, lasting)
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const form = e.currentTarget
    const data = new FormData(form)
    const typed = (name: string) => String(data.get(name) ?? '').trim()
    typed.all = (name: string) => data.getAll(name).map(String)
    setBusy(true)
    try {
      await once((key) => say(typed, key))
      setProblems([])
      forget()
      form.reset()
      show(open)
      toast(done)
      await queries.invalidateQueries()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblems(error.errors.length > 0 ? error.errors.map((x) => x.message) : [error.message])
      // What is shown is no more: it is looked at again, and what was typed stays.
      if (error.status === 412) await queries.invalidateQueries()
    } finally {
      setBusy(false)
    }
  }
  if (!shown) {
    return (
      <Button onClick={() => show(true)} aria-label={of ? `${label} ${of}` : label}>
        {label}
      </Button>
    )
  }
  return (
    <form
      ref={ref}
      className="check-form"
      onInput={keep}
      onSubmit={(e) => void send(e)}
      aria-label={label}
    >
      {children}
      {problems.map((p) => (
        <p key={p} className="danger wide" role="alert">
          {p}
        </p>
      ))}
      <span className="wide">
        <Button type="primary" htmlType="submit" loading={busy}>
          {label}
        </Button>{' '}
        {!open && <Button onClick={() => show(false)}>{t('checks.leave')}</Button>}
      </span>
    </form>
  )
}

/** A field for some sentences. */
export function Sentences({ name, label }: { name: string; label: string }) {
  return (
    <label className="wide">
      {label}
      <textarea name={name} required maxLength={500} rows={2} />
    </label>
  )
}
