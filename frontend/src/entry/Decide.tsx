import { Button, Input } from 'antd'
import { useRef, useState } from 'react'
import { decide } from '../api/entries'
import { newKey } from '../api/http'
import type { EntryView, LedgerType, Remark, Revision } from '../api/model'
import { useMe } from '../api/queries'
import { Signers } from '../approval/Signers'
import { useLang, useT } from '../i18n'
import { RemarkArea, remarkCount } from '../ui/RemarkArea'
import { toast } from '../ui/toast'
import { useAttempt } from '../ui/useAttempt'
import { useKeys } from '../ui/useKeys'
import { labelOf } from './labels'
import { shownSchema } from './shown'

interface Props {
  view: EntryView
  type: LedgerType
  revision: Revision
  /** Remarks on fields, collected where the document is shown. */
  remarks?: Remark[]
  setRemarks?: (remarks: Remark[]) => void
  /** Called after the decision stands; the inbox moves on. */
  done?: () => void
}

/** Approve, or return with words. A decision binds to the digest of what was shown. */
export function Decide({ view, type, revision, remarks = [], setRemarks, done }: Props) {
  const t = useT()
  const lang = useLang()
  const { busy, attempt } = useAttempt()
  const me = useMe().data?.name
  const [comment, setComment] = useState('')
  const input = useRef<HTMLTextAreaElement>(null)
  const worded = comment.trim() !== '' || remarks.some((r) => r.text.trim())

  const say = async (verdict: 'approve' | 'return') => {
    if (verdict === 'return' && !worded) {
      toast(t('decide.sayWhy'))
      input.current?.focus()
      return
    }
    await attempt(async () => {
      await decide(
        view.entry,
        verdict,
        {
          digest: revision.digest,
          comment: comment.trim(),
          remarks: remarks.filter((r) => r.text.trim()),
        },
        newKey(),
      )
      toast(t(verdict === 'approve' ? 'decide.approved' : 'decide.returned'))
      setComment('')
      setRemarks?.([])
      done?.()
    })
  }

  useKeys({ a: () => void say('approve'), r: () => void say('return') })

  return (
    <section className="panel" aria-label={t('decide.title')}>
      {view.deciding?.capacity === 'deputy' && (
        <p className="late">
          {t('approval.alike', { deputy: me ?? '', holder: view.deciding.for_name })}
        </p>
      )}
      {view.deciding?.capacity === 'higher' && <p className="late">{t('approval.higher')}</p>}
      {remarks.map((remark, index) => (
        <p key={remark.pointer}>
          <label htmlFor={`remark-${index}`}>
            {labelOf(shownSchema(type), remark.pointer, lang)}
          </label>{' '}
          <Input
            id={`remark-${index}`}
            autoFocus
            style={{ width: '60%' }}
            count={remarkCount}
            value={remark.text}
            onChange={(e) =>
              setRemarks?.(
                remarks.map((r, i) => (i === index ? { ...r, text: e.target.value } : r)),
              )
            }
          />{' '}
          <Button type="text" onClick={() => setRemarks?.(remarks.filter((_, i) => i !== index))}>
            {t('evidence.remove')}
          </Button>
        </p>
      ))}
      <RemarkArea
        area={input}
        id="decide-comment"
        label={t('decide.comment')}
        value={comment}
        onChange={setComment}
      />
      <p>
        <Button type="primary" loading={busy} data-key="A" onClick={() => void say('approve')}>
          {t('decide.approve')}
        </Button>{' '}
        <Button danger disabled={busy} data-key="R" onClick={() => void say('return')}>
          {t('decide.return')}
        </Button>
      </p>
      <Signers view={view} revision={revision} />
    </section>
  )
}
