import { useLang, useT } from '../i18n'
import type { Change } from '../schema/diff'
import { isObject, type Json, type Lang, type Schema, titleOf } from '../schema/types'
import { useWho, type Who } from '../ui/who'
import { formatValue, labelOf, nodeAt } from './labels'

/** What differs between two revisions, field by field, in words. */
export function Changes({ schema, changes }: { schema: Schema; changes: Change[] }) {
  const lang = useLang()
  const who = useWho()
  const t = useT()
  if (changes.length === 0) return <p className="quiet">{t('entry.noChanges')}</p>
  return (
    <ul className="changes">
      {changes.map((change) => {
        const node = nodeAt(schema, change.pointer)
        return (
          <li key={`${change.kind}${change.pointer}`}>
            <strong>{labelOf(schema, change.pointer, lang) || t('entry.whole')}</strong>{' '}
            {change.before !== undefined && <del>{inWords(node, change.before, lang, who)}</del>}{' '}
            {change.after !== undefined && <ins>{inWords(node, change.after, lang, who)}</ins>}
          </li>
        )
      })}
    </ul>
  )
}

function inWords(node: Schema, value: Json, lang: Lang, who: Who): string {
  const comma = lang === 'zh' ? '，' : ', '
  if (Array.isArray(value) && value.some(isObject)) {
    return value
      .map((row) => inWords(node.items ?? {}, row, lang, who))
      .join(lang === 'zh' ? '；' : '; ')
  }
  if (!isObject(value)) return formatValue(node, value, lang, who)
  return Object.entries(value)
    .map(([name, member]) => {
      const child = node.properties?.[name] ?? {}
      return `${titleOf(child, name, lang)} ${inWords(child, member, lang, who)}`
    })
    .join(comma)
}
