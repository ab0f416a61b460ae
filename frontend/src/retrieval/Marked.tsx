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
