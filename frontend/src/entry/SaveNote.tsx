import { useSyncExternalStore } from 'react'
import { useLoginEnded } from '../api/login'
import { useT } from '../i18n'
import type { Autosave } from './autosave'

/** Whether what was typed is saved, and why not. */
export function SaveNote({ autosave }: { autosave: Autosave }) {
  const t = useT()
  const state = useSyncExternalStore(autosave.subscribe, () => autosave.state)
  const ended = useLoginEnded()
  const bad = ended || ['failed', 'refused', 'conflict', 'gone'].includes(state)
  return (
    <span role="status" className={bad ? 'danger' : 'quiet'}>
      {t(`save.${ended ? 'signedOut' : state}`)}
      {state === 'refused' && autosave.problem}
    </span>
  )
}
