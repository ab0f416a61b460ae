import { Button } from 'antd'
import { useState } from 'react'
import { decide } from '../api/entries'
import { act as actOnce } from '../api/http'
import type { EntryView, Role } from '../api/model'
import { useMe } from '../api/queries'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { RemarkArea } from '../ui/RemarkArea'
import { toast } from '../ui/toast'
import { useAttempt } from '../ui/useAttempt'
import { useListed } from './StepNow'
import './approval.css'

/** Says something of the void of what is in force, with the reason that will be kept. */
function useVoiding(view: EntryView) {
  const { busy, attempt } = useAttempt()
  const [once] = useState(actOnce)
  const [reason, setReason] = useState('')
  const revision = view.revisions.find((r) => r.revision === view.entry.in_force)
  const say = (what: 'ask_void' | 'void' | 'refuse_void' | 'withdraw_void', done: string) =>
    attempt(async () => {
      await once((key) =>
        decide(
          view.entry,
          what,
          { digest: revision!.digest, comment: reason.trim(), remarks: [] },
          key,
        ),
      )
      toast(done)
      setReason('')
    })
  return { busy, reason, setReason, say, ready: reason.trim() !== '' && !busy }
}

/** Asking that the entry be taken out of force. */
export function AskVoid({ view }: { view: EntryView }) {
  const t = useT()
  const [open, setOpen] = useState(false)
  const { busy, reason, setReason, say, ready } = useVoiding(view)
  if (!view.actions.includes('ask_void')) return null
  if (!open) {
    return (
      <Button danger onClick={() => setOpen(true)}>
        {t('voiding.ask')}
      </Button>
    )
  }
  return (
    <span className="ask-void">
      <RemarkArea label={t('voiding.reason')} value={reason} onChange={setReason} autoFocus />
      <Button
        danger
        loading={busy}
        disabled={!ready}
        onClick={() => void say('ask_void', t('voiding.asked'))}
      >
        {t('voiding.ask')}
      </Button>
    </span>
  )
}

/** The void that is asked for: by whom and why, and the decision of who may make it. */
export function Voiding({ view }: { view: EntryView }) {
  const t = useT()
  const listed = useListed()
  const me = useMe().data?.person
  const { busy, reason, setReason, say, ready } = useVoiding(view)
  const asked = view.voids.find((v) => v.id === view.entry.void_asked)
  if (!asked) return null
  const corrected = asked.revision !== view.entry.in_force
  const open = view.entry.state !== 'approved'
  return (
    <section className="panel" aria-label={t('voiding.title')}>
      <h2>{t('voiding.title')}</h2>
      <p>
        {t('voiding.by', { name: asked.asked_by_name })} · {showTime(asked.recorded_at)}
      </p>
      <p>{asked.reason}</p>
      {view.entry.void_due && (
        <p className="quiet">{t('voiding.due', { at: showTime(view.entry.void_due) })}</p>
      )}
      {corrected && <p className="late">{t('voiding.corrected')}</p>}
      {view.actions.includes('void') ? (
        <>
          {open && <p className="late">{t('voiding.ends')}</p>}
          <RemarkArea label={t('voiding.decision')} value={reason} onChange={setReason} />
          <p>
            <Button
              danger
              loading={busy}
              disabled={!ready}
              onClick={() => void say('void', t('voiding.granted'))}
            >
              {t('voiding.grant')}
            </Button>{' '}
            <Button disabled={!ready} onClick={() => void say('refuse_void', t('voiding.refused'))}>
              {t('voiding.refuse')}
            </Button>
          </p>
        </>
      ) : (
        <>
          <p className="quiet">
            {t('voiding.waiting', {
              roles: listed(view.entry.void_roles?.map((r) => t(`role.${r as Role}`))),
            })}
          </p>
          {asked.asked_by === me && <p className="quiet">{t('voiding.notYours')}</p>}
          {view.actions.includes('withdraw_void') && (
            <>
              <RemarkArea label={t('voiding.withdrawal')} value={reason} onChange={setReason} />
              <Button
                loading={busy}
                disabled={!ready}
                onClick={() => void say('withdraw_void', t('voiding.withdrawn'))}
              >
                {t('voiding.withdraw')}
              </Button>
            </>
          )}
        </>
      )}
    </section>
  )
}
