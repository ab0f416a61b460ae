import catalogue from '../../../schemas/meta/messages.json'
import { type Lang, type Schema, type Text, text } from './types'

const texts = catalogue as Record<string, Text>

/**
 * The sentence for one failed keyword. x-message of the field goes first; the
 * others are the texts that the server uses too, with {keyword} filled in from
 * the schema.
 */
export function messageFor(code: string, node: Schema, lang: Lang): string {
  const own = node['x-message']?.[code]
  const sentence = text(own ?? texts[code], lang) || code
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) =>
    String((node as Record<string, unknown>)[name] ?? ''),
  )
}
