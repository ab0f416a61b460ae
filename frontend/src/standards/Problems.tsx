/** What was refused, said to screen readers at once. */
export function Problems({ list }: { list: string[] }) {
  if (list.length === 0) return null
  return (
    <div role="alert">
      {[...new Set(list)].map((p) => (
        <p key={p} className="danger">
          {p}
        </p>
      ))}
    </div>
  )
}
