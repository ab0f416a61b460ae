import type { Hit } from '../api/retrieval'
import { useLang } from '../i18n'
import { withName } from '../ui/who'

/** A text with the parts that answer a search, given in UTF-16 units. */
export function Marked({ text, marks }: { text: string; marks: number[][] }) {
  const parts: React.ReactNode[] = []
  let at = 0
  for (const [from = 0, to = 0] of marks) {
    parts.push(text.slice(at, from), <mark key={from}>{text.slice(from, to)}</mark>)
    at = to
  }
  return (
    <>
      {parts}
      {text.slice(at)}
    </>
  )
}

/** A field that answers a search; a number with the name of whoever has it. */
export function Quoted({ excerpt }: { excerpt: Hit['excerpts'][number] }) {
  const { text, name, marks } = excerpt
  const [before = '', after = ''] = withName(name, text, useLang()).split(text)
  return (
    <>
      {before}
      <Marked text={text} marks={marks} />
      {after}
    </>
  )
}
