import type { Notice } from '../api/approval'
import { useLang, useT } from '../i18n'
import { type Text, text } from '../schema/types'
import { useNames } from '../ui/names'
import { useLevel, useUnit } from './words'

const kinds = [
  'case_moved',
  'case_due',
  'opinion_asked',
  'item_called',
  'item_taken_off',
  'conditions_lost',
  'liaison_vacant',
  'bulletin_issued',
  'bulletin_unread',
] as const
export type OfCase = (typeof kinds)[number]

interface Told {
  area?: string
  level?: string
  department?: string
  due_on?: string
  act?: Text
  state?: Text
  timer?: Text
  says?: Text[] | null
  year?: number
  issue?: number
}

/** What a notice of a case says; undefined for those of entries. */
export function useCaseWords() {
  const t = useT()
  const lang = useLang()
  const unit = useUnit()
  const level = useLevel()
  const names = useNames()
  return ({ kind, prison, detail }: Notice): string | undefined => {
    const known = kinds.find((k) => k === kind)
    if (!known) return undefined
    const said = detail as unknown as Told
    const none = /^[0-]*$/.test(said.area ?? '')
    return t(`cases.notice_${known}`, {
      unit: unit(none ? { prison } : { prison, area: said.area }),
      act: text(said.act, lang),
      state: text(said.state, lang),
      title: `${text(said.timer, lang)} ${said.department ? names.department(said.department) : ''}`,
      due: said.due_on ?? '',
      department: names.department(said.department ?? ''),
      year: said.year ?? '',
      issue: said.issue ?? '',
      level: level(said.level ?? ''),
      says: (said.says ?? []).map((x) => text(x, lang)).join(' · '),
    })
  }
}
