import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { reopen } from '../api/entries'
import { act } from '../api/http'
import type { Action, EntryView, LedgerType } from '../api/model'
import { ProblemError } from '../api/problem'
import type { FormStore } from '../form/store'
import { useT } from '../i18n'
import { diff } from '../schema/diff'
import { toast } from '../ui/toast'
import { Changes } from './Changes'
import { FromThis, over } from './FromThis'
import { shownSchema } from './shown'

const back = ['withdraw', 'revise', 'amend'] as const satisfies readonly Action[]

/** There is no draft any more: what became of the entry, what was typed here and is not in it, and the ways on. */
export function Gone(props: {
  view: EntryView
  type: LedgerType
  store: FormStore
  /** It lies among the offline drafts too. */
  lies: boolean
  /** Goes on in the draft that there is again. */
  goOn: () => Promise<void>
}) {
  const { view, type, store, lies, goOn } = props
  const t = useT()
  const [once] = useState(act)
  const [busy, setBusy] = useState(false)
  const { entry, actions } = view
  const last = [...view.revisions].sort((a, b) => b.revision - a.revision)[0]
  // What the server works out is nobody's typing.
  const differ = last
    ? diff(last.document, store.toSend()).filter((c) => !store.node(c.pointer).readOnly)
    : []

  const reopened = async (action: (typeof back)[number]) => {
    setBusy(true)
    try {
      await once((key) => reopen(entry, action, key))
      await goOn()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast(error.message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="panel danger-edge" role="alert">
      <p>
        {t(`edit.gone_${entry.state}`)}{' '}
        <Link to={`/prisons/${entry.prison}/entries/${entry.id}`}>{t('edit.goneOpen')}</Link>
      </p>
      {differ.length > 0 && (
        <>
          <p>{t('edit.goneDiffers')}</p>
          <Changes schema={shownSchema(type)} changes={differ} />
        </>
      )}
      {lies && (
        <p>
          {t('edit.goneLies')} <Link to={`/offline/${entry.id}`}>{t('offline.title')}</Link>
        </p>
      )}
      {back
        .filter((action) => actions.includes(action))
        .map((action) => (
          <Button key={action} loading={busy} onClick={() => void reopened(action)}>
            {t('edit.goneBack', { action: t(`action.${action}`) })}
          </Button>
        ))}
      {over(entry.state) && (
        <FromThis
          of={entry}
          version={type.version}
          doc={() => store.toSend()}
          label={t('edit.goneAnew')}
        />
      )}
    </div>
  )
}
