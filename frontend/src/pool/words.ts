import type { Inspector, SkillDomain } from '../api/pool'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'

/** Domains by their names; a code that no standard has any more stands for itself. */
export function useDomains(domains: SkillDomain[]) {
  const t = useT()
  const lang = useLang()
  return (codes: string[]) =>
    codes
      .map((c) => text(domains.find((d) => d.code === c)?.title, lang) || c)
      .join(t('marks.list'))
}

/** Where somebody serves: a prison, or the bureau. */
export function useHome() {
  const t = useT()
  const names = useNames()
  return (prison: string | undefined) => (prison ? names.prison(prison) : t('pool.bureau'))
}

interface Span {
  from_day: string
  to_day: string
}

export const overlap = (a: Span, b: Span) => a.from_day <= b.to_day && b.from_day <= a.to_day

/** Whether somebody may be called on a day: neither away nor in a team. */
export const freeOn = (of: Inspector, day: string) =>
  ![...of.away, ...of.tasks].some((s) => overlap(s, { from_day: day, to_day: day }))
