import { Button, Input } from 'antd'
import { useState } from 'react'
import { act } from '../api/http'
import { useT } from '../i18n'
import { useAttempt } from './useAttempt'

/** Said without a reason; every other verdict asks for one first. */
const plain = ['grant', 'withdraw']

interface Props<V extends string> {
  actions: V[]
  label: (verdict: V) => string
  /** What it is said of, for those who hear the button and do not see its row. */
  of: string
  say: (verdict: V, comment: string, key: string) => Promise<unknown>
}

/** The verdicts that the reader may say of what was asked for. */
export function Verdicts<V extends string>({ actions, label, of, say }: Props<V>) {
  const t = useT()
  const { busy, attempt } = useAttempt()
  const [once] = useState(act)
  const [verdict, setVerdict] = useState<V>()
  const [comment, setComment] = useState('')
  const send = (said: V) => attempt(() => once((key) => say(said, comment, key)))
  if (verdict === undefined) {
    return actions.map((a) => (
      <Button
        key={a}
        disabled={busy}
        onClick={() => (plain.includes(a) ? void send(a) : setVerdict(a))}
        aria-label={`${label(a)} ${of}`}
      >
        {label(a)}
      </Button>
    ))
  }
  return (
    <span className="calendar-tools">
      <Input
        autoFocus
        aria-label={t('calendar.why')}
        placeholder={t('calendar.why')}
        value={comment}
        maxLength={500}
        onChange={(e) => setComment(e.target.value)}
      />
      <Button type="primary" disabled={busy} onClick={() => void send(verdict)}>
        {t('calendar.confirm')}
      </Button>
      <Button onClick={() => setVerdict(undefined)}>{t('calendar.cancel')}</Button>
    </span>
  )
}
