import type { ReactNode } from 'react'

type Head = string | { num: string }

/** The head of a column of numbers. */
export const num = (title: string): Head => ({ num: title })

/** A table under one head; its rows are the children. */
export function Table({ head, children }: { head: Head[]; children: ReactNode }) {
  return (
    <table className="plain">
      <thead>
        <tr>
          {head.map((h) =>
            typeof h === 'string' ? (
              <th key={h} scope="col">
                {h}
              </th>
            ) : (
              <th key={h.num} scope="col" className="num">
                {h.num}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  )
}
