import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { addable, sign, useEquals } from '../api/approval'
import { act } from '../api/http'
import type { EntryView, Revision } from '../api/model'
import { ProblemError } from '../api/problem'
import { useT } from '../i18n'
import { toast } from '../ui/toast'
import { PersonInput } from './PersonInput'
import './approval.css'

interface Props {
  view: EntryView
  revision: Revision
}

/** Passing the decision on, or letting somebody else sign too: what the server offers. */
export function Signers({ view, revision }: Props) {
  const t = useT()
  const [open, setOpen] = useState<'transfer' | 'add_signer'>()
  const may = (['transfer', 'add_signer'] as const).filter((a) => view.actions.includes(a))
  if (may.length === 0) return null
  return (
    <>
      <p className="step-now">
        {may.map((action) => (
          <Button
            key={action}
            aria-expanded={open === action}
            onClick={() => setOpen(open === action ? undefined : action)}
          >
            {t(action === 'transfer' ? 'approval.transfer' : 'approval.addSigner')}
          </Button>
        ))}
      </p>
      {open && <SignForm key={open} view={view} revision={revision} kind={open} />}
    </>
  )
}

function SignForm({ view, revision, kind }: Props & { kind: 'transfer' | 'add_signer' }) {
  const t = useT()
  const queries = useQueryClient()
  const equals = useEquals(view.entry, kind === 'transfer')
  const [once] = useState(act)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')

  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const typed = new FormData(e.currentTarget)
    const value = (name: string) => String(typed.get(name) ?? '').trim()
    const place = value('place')
    setBusy(true)
    try {
      await once((key) =>
        sign(
          view.entry,
          {
            digest: revision.digest,
            person: value('person'),
            reason: value('reason'),
            place: place === 'before' || place === 'after' ? place : undefined,
          },
          key,
        ),
      )
      toast(t(kind === 'transfer' ? 'approval.transferred' : 'approval.added'))
      await queries.invalidateQueries()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblem([error.message, ...error.errors.map((x) => x.message)].join(' '))
    } finally {
      setBusy(false)
    }
  }

  if (kind === 'transfer' && equals.data?.length === 0) {
    return <p className="quiet">{t('approval.noEquals')}</p>
  }
  return (
    <form className="sign-form" onSubmit={(e) => void send(e)}>
      {kind === 'transfer' ? (
        <label htmlFor="sign-person">
          {t('approval.to')}
          <select id="sign-person" name="person" required>
            {equals.data?.map((p) => (
              <option key={p.number} value={p.number}>
                {p.name} {t(`role.${p.role}`)}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <>
          <PersonInput
            id="sign-person"
            name="person"
            from={addable(view.entry)}
            label={t('approval.person')}
          />
          <label htmlFor="sign-place">
            {t('approval.place')}
            <select id="sign-place" name="place">
              <option value="before">{t('approval.before')}</option>
              <option value="after">{t('approval.after')}</option>
            </select>
          </label>
        </>
      )}
      <label htmlFor="sign-reason" className="wide">
        {t('approval.reason')}
        <input id="sign-reason" name="reason" required maxLength={200} />
      </label>
      {problem && (
        <p className="danger wide" role="alert">
          {problem}
        </p>
      )}
      <Button htmlType="submit" loading={busy}>
        {t('approval.confirm')}
      </Button>
    </form>
  )
}
