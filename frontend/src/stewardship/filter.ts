import { useSearchParams } from 'react-router'

/**
 * What a page is narrowed to, kept in its address so that it can be handed on. The address follows a
 * moment later: fields that set it keep what is typed themselves (defaultValue).
 */
export function useFilter<Name extends string>(names: readonly Name[]) {
  const [asked, ask] = useSearchParams()
  const now = Object.fromEntries(names.map((n) => [n, asked.get(n) ?? ''])) as Record<Name, string>
  /** The address of the page with some of it otherwise. */
  const to = (more: Partial<Record<Name, string>>) => {
    const all = Object.entries({ ...now, ...more }) as [Name, string][]
    return `?${new URLSearchParams(all.filter(([, value]) => value !== ''))}`
  }
  const set = (more: Partial<Record<Name, string>>) => ask(to(more).slice(1), { replace: true })
  return { now, to, set }
}

/** Whether a name holds every word. */
export const holds = (names: string, words: string) =>
  words
    .toLowerCase()
    .split(/\s+/)
    .every((w) => names.toLowerCase().includes(w))
