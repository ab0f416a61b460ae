import type { Entry } from '../api/model'
import { useLang } from '../i18n'
import { type Lang, text } from '../schema/types'

/** The two to four values of an entry that its type names for lists, in words. */
export function formatSummary(entry: Entry, lang: Lang): string {
  return (entry.summary ?? [])
    .map((item) => `${text(item.title, lang)} ${text(item.text, lang)}`)
    .join(' · ')
}

export function SummaryText({ entry }: { entry: Entry }) {
  return <span>{formatSummary(entry, useLang())}</span>
}
