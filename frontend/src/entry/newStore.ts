import type { EntryView, LedgerType } from '../api/model'
import { FormStore } from '../form/store'
import { expand } from '../schema/expand'
import { originsOf } from './pins'

/** The form of a draft as it lies on the server, with its remarks and the origins of what is shared. */
export function newStore(
  view: EntryView,
  type: LedgerType,
  lang: 'zh' | 'en',
  ledgerName: (id: string) => string,
  systemName: (id: string) => string,
): FormStore {
  const body = view.draft?.body ?? {}
  const store = new FormStore(expand(type.schema), body, lang)
  store.setRemarks(
    new Map((view.draft?.remarks ?? []).filter((r) => r.pointer).map((r) => [r.pointer, r.text])),
  )
  store.setSources(originsOf(view.draft?.pins ?? [], type, ledgerName, systemName))
  return store
}
