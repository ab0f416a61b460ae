import { useState } from 'react'
import { type Candidate, type CheckKind, useCandidates } from '../api/checks'
import type { SkillDomain } from '../api/pool'
import { useT } from '../i18n'
import { useDomains } from '../pool/words'

/** When and where a team is wanted, as far as it is typed. */
export interface Wanted {
  standard?: string | undefined
  area?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

/**
 * Who may be called: those found by what is typed, and whoever was found before, for one who
 * is chosen stays chosen while another is looked for.
 */
export function usePool(prison: string, kind: CheckKind, wanted: Wanted = {}) {
  const [said, say] = useState('')
  const [domain, pick] = useState('')
  const [before, keep] = useState<Record<string, Candidate[]>>({})
  const answer = useCandidates(prison, kind, {
    q: said || undefined,
    domain: domain || undefined,
    standard: wanted.standard || undefined,
    area: wanted.area || undefined,
    from: wanted.from || undefined,
    to: wanted.to || undefined,
  }).data
  const found = answer?.people ?? []
  const of = `${prison} ${kind}`
  const seen = before[of] ?? []
  const more = found.filter((p) => !seen.some((x) => x.person === p.person))
  if (more.length > 0) keep({ ...before, [of]: [...seen, ...more] })
  const fits = (p: Candidate) =>
    (p.name.startsWith(said) || p.number.startsWith(said)) &&
    (domain === '' || p.skills.includes(domain))
  // Whether somebody is away is asked anew for other days.
  const people = [...seen.map((p) => found.find((x) => x.person === p.person) ?? p), ...more]
  return { people, fits, said, say, domain, pick, domains: answer?.domains ?? [] }
}

/** Looks for people by how their name or number begins, and by domain. */
export function Find(props: {
  said: string
  say: (q: string) => void
  domain: string
  pick: (code: string) => void
  domains: SkillDomain[]
}) {
  const { said, say, domain, pick, domains } = props
  const t = useT()
  const named = useDomains(domains)
  return (
    <>
      <label>
        {t('checks.findPerson')}
        <input type="search" value={said} onChange={(e) => say(e.target.value.trim())} />
      </label>
      <label>
        {t('pool.domain')}
        <select value={domain} onChange={(e) => pick(e.target.value)}>
          <option value="">{t('pool.anyDomain')}</option>
          {domains.map((d) => (
            <option key={d.code} value={d.code}>
              {named([d.code])}
            </option>
          ))}
        </select>
      </label>
    </>
  )
}

/** How somebody stands, in the words of a list: name, number, skills, and why not. */
export function useCandidate(domains: SkillDomain[]) {
  const t = useT()
  const named = useDomains(domains)
  return (p: Candidate) =>
    [
      p.name,
      p.number,
      named(p.skills),
      p.away_to ? t('pool.awayTo', { to: p.away_to }) : p.engaged && t('pool.engaged'),
    ]
      .filter(Boolean)
      .join(' ')
}

/** The domains of the standard in which nobody of a team is skilled: a hint, it bars nobody. */
export function Uncovered({ domains }: { domains: SkillDomain[] }) {
  const t = useT()
  const named = useDomains(domains)
  if (domains.length === 0) return null
  return (
    <p className="quiet wide" role="status">
      {t('pool.uncovered', { domains: named(domains.map((d) => d.code)) })}
    </p>
  )
}

export const uncovered = (domains: SkillDomain[], team: Candidate[]) =>
  domains.filter((d) => !team.some((p) => p.skills.includes(d.code)))
