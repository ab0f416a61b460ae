import { useState } from 'react'
import { type Candidate, type CheckKind, useCandidates } from '../api/checks'
import { useT } from '../i18n'

/**
 * Who may be called: those found by what is typed, and whoever was found before, for one who
 * is chosen stays chosen while another is looked for.
 */
export function usePool(prison: string, kind: CheckKind) {
  const [said, say] = useState('')
  const [before, keep] = useState<Record<string, Candidate[]>>({})
  const found = useCandidates(prison, kind, said || undefined).data
  const seen = before[kind] ?? []
  const more = (found ?? []).filter((p) => !seen.some((x) => x.person === p.person))
  if (more.length > 0) keep({ ...before, [kind]: [...seen, ...more] })
  const fits = (p: Candidate) => p.name.startsWith(said) || p.number.startsWith(said)
  return { people: [...seen, ...more], fits, said, say }
}

/** Looks for people by how their name or number begins. */
export function Find({ said, say }: { said: string; say: (q: string) => void }) {
  const t = useT()
  return (
    <label>
      {t('checks.findPerson')}
      <input type="search" value={said} onChange={(e) => say(e.target.value.trim())} />
    </label>
  )
}
