import { Button } from 'antd'
import type { FormEvent, ReactNode } from 'react'
import { useT } from '../i18n'
import { useAct } from '../standards/useAct'
import { toast } from '../ui/toast'
import '../score/score.css'

/** What was typed into a form, by the name of its field. */
export type Typed = (name: string) => string

interface Props {
  /** What is said, as the line that opens the form and as its button. */
  label: string
  /** What it is said of, for those who hear the line and do not see where it stands. */
  of?: string
  send: (typed: Typed, key: string) => Promise<unknown>
  children: ReactNode
}

/** A form behind one line: sent once, emptied when it stands, with the server's words when not. */
export function Say({ label, of = '', send, children }: Props) {
  const t = useT()
  const { busy, problems, run } = useAct()
  const submit = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const form = e.currentTarget
    const data = new FormData(form)
    const typed: Typed = (name) => String(data.get(name) ?? '').trim()
    if (!(await run((key) => send(typed, key)))) return
    form.reset()
    toast(t('together.done'))
  }
  return (
    <details className="finding">
      <summary aria-label={of && `${label} ${of}`}>{label}</summary>
      <form onSubmit={(e) => void submit(e)}>
        {children}
        {problems.map((p) => (
          <p key={p} className="danger wide" role="alert">
            {p}
          </p>
        ))}
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('together.send')}
        </Button>
      </form>
    </details>
  )
}

export function Text({ name, label }: { name: string; label: string }) {
  return (
    <label className="wide">
      {label}
      <textarea name={name} required maxLength={4000} rows={2} />
    </label>
  )
}

export function Line({ name, label }: { name: string; label: string }) {
  return (
    <label>
      {label}
      <input name={name} required maxLength={100} />
    </label>
  )
}

export function Day({ name, label, day }: { name: string; label: string; day: string }) {
  return (
    <label>
      {label}
      <input type="date" name={name} required defaultValue={day} />
    </label>
  )
}
