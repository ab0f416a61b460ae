import type { Entry } from '../api/model'
import { useLedgers } from '../api/queries'
import { useLang } from '../i18n'
import { formatValue, labelOf, nodeAt } from './labels'
import { get } from '../schema/pointer'
import { shownSchema } from './shown'

/** The two to four fields of an entry that its type names for lists, in words. */
export function SummaryText({ entry }: { entry: Entry }) {
  const lang = useLang()
  const ledgers = useLedgers()
  const type = ledgers.data?.find((l) => l.id === entry.ledger)
  if (!type) return null
  const schema = shownSchema(type)
  const parts = type.summary.flatMap((pointer) => {
    const value = get(entry.summary, pointer) ?? entry.summary[pointer]
    return value === undefined ? [] : [`${labelOf(schema, pointer, lang)} ${formatValue(nodeAt(schema, pointer), value, lang)}`]
  })
  return <span>{parts.join(' · ')}</span>
}
