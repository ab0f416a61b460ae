import { Button, Input } from 'antd'
import { useState } from 'react'
import { resolveBranch } from '../api/entries'
import { newKey } from '../api/http'
import type { Branch, EntryView, LedgerType } from '../api/model'
import { ProblemError } from '../api/problem'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { useSync } from '../offline/context'
import { type Change, diff } from '../schema/diff'
import { split } from '../schema/pointer'
import type { Doc } from '../schema/types'
import { toast } from '../ui/toast'
import { Changes } from './Changes'
import { FromThis, over } from './FromThis'
import { labelOf } from './labels'
import { shownSchema } from './shown'
import { WrittenWhen } from './WrittenWhen'

interface Props {
  view: EntryView
  type: LedgerType
  /** The document as it is now. */
  current: () => Doc
  /** The etag to resolve over; undefined while what was typed cannot be saved. */
  etag: () => Promise<number | undefined>
  done: () => Promise<unknown>
}

/** Versions written without the network while the entry went on: a person chooses, field by field. */
export function Branches({ view, ...rest }: Props) {
  return (view.branches ?? []).map((branch) => (
    <One key={branch.id} branch={branch} view={view} {...rest} />
  ))
}

function One(props: Props & { branch: Branch }) {
  const { branch, view, type, etag, done } = props
  const t = useT()
  const lang = useLang()
  const { works } = useSync()
  const [current] = useState(props.current)
  const [taken, take] = useState<ReadonlySet<string>>(new Set())
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const schema = shownSchema(type)
  const offline = branch.rebased ?? branch.body
  const fields = new Map<string, Change[]>()
  for (const change of diff(current, offline)) {
    const name = split(change.pointer)[0] ?? ''
    fields.set(name, [...(fields.get(name) ?? []), change])
  }

  const resolve = async (over: number, body: { body?: Doc; reason?: string }) => {
    await resolveBranch({ ...view.entry, etag: over }, branch.id, body, newKey())
    // The copy on this computer has done its work, unless a file of it never left.
    const kept = await works.get(view.entry.id).catch(() => undefined)
    if (kept?.state === 'branched' && kept.files.every((f) => f.confirmed)) await works.remove(kept)
  }
  const act = async (body: { body?: Doc; reason?: string }) => {
    setBusy(true)
    try {
      const now = await etag()
      if (now === undefined) return
      await resolve(now, body)
      await done()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast([error.message, ...error.errors.map((e) => e.message)].join(' '))
    } finally {
      setBusy(false)
    }
  }
  const merge = () => {
    const merged: Doc = { ...props.current() }
    for (const name of taken) {
      const value = offline[name]
      if (value === undefined) delete merged[name]
      else merged[name] = value
    }
    return act({ body: merged })
  }

  const dropped = Object.entries(branch.dropped ?? {})
  return (
    <section className="panel danger-edge" aria-labelledby={`branch-${branch.id}`}>
      <h2 id={`branch-${branch.id}`}>{t('offline.branchTitle')}</h2>
      <p>
        {t('offline.branchBy', {
          name: branch.written_by_name,
          time: showTime(branch.recorded_at),
        })}
      </p>
      <WrittenWhen claim={branch.written} />
      {dropped.length > 0 && (
        <p className="late">
          {t('offline.branchDropped', {
            fields: dropped.map(([id, value]) => `${id}: ${JSON.stringify(value)}`).join('; '),
          })}
        </p>
      )}
      {branch.held && branch.held.length > 0 && (
        <p className="late">{t('offline.branchHeld', { fields: branch.held.join(', ') })}</p>
      )}
      {fields.size === 0 && <p className="quiet">{t('offline.branchSame')}</p>}
      {[...fields].map(([name, changes]) => (
        <fieldset key={name} className="branch-field">
          <legend>
            <label>
              <input
                type="checkbox"
                checked={taken.has(name)}
                onChange={(e) => {
                  const next = new Set(taken)
                  if (e.target.checked) next.add(name)
                  else next.delete(name)
                  take(next)
                }}
              />{' '}
              {t('offline.branchTake', { field: labelOf(schema, `/${name}`, lang) || name })}
            </label>
          </legend>
          <Changes schema={schema} changes={changes} />
        </fieldset>
      ))}
      {view.actions.includes('edit') ? (
        <Button
          type="primary"
          loading={busy}
          disabled={taken.size === 0}
          onClick={() => void merge()}
        >
          {t('offline.branchMerge', { count: taken.size })}
        </Button>
      ) : (
        <p>{t(`offline.branch_${view.entry.state}`)}</p>
      )}{' '}
      {over(view.entry.state) && (
        <FromThis
          of={view.entry}
          version={branch.version}
          doc={() => branch.body}
          label={t('offline.branchAnew')}
          done={(begun) =>
            resolve(view.entry.etag, { reason: t('offline.branchAnewReason', { id: begun.id }) })
          }
        />
      )}{' '}
      <Input
        aria-label={t('offline.branchReason')}
        placeholder={t('offline.branchReason')}
        value={reason}
        onChange={(e) => setReason(e.target.value)}
        style={{ width: 260 }}
      />{' '}
      <Button danger disabled={!reason.trim() || busy} onClick={() => void act({ reason })}>
        {t('offline.branchDismiss')}
      </Button>
    </section>
  )
}
