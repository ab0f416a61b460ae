import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/http'
import type { Named } from '../api/lookup'
import { useMe } from '../api/queries'

interface Props {
  id: string
  name: string
  label: string
  /** Where they are looked up, asked with what was typed. */
  from: string
}

/** The police number of somebody else, found by number or name as it is typed. */
export function PersonInput({ id, name, label, from }: Props) {
  const [typed, setTyped] = useState('')
  const me = useMe().data?.number
  const found = useQuery({
    queryKey: ['people', from, typed],
    queryFn: async ({ signal }) =>
      (await call<{ people: Named[] }>(from, { query: { q: typed }, signal })).data.people,
    enabled: typed !== '',
  })
  return (
    <label htmlFor={id}>
      {label}
      <input
        id={id}
        name={name}
        required
        pattern="\d{7}"
        autoComplete="off"
        list={`${id}-found`}
        onChange={(e) => setTyped(e.target.value)}
      />
      <datalist id={`${id}-found`}>
        {found.data
          ?.filter((p) => p.number !== me)
          .map((p) => (
            <option key={p.number} value={p.number}>
              {`${p.name} ${p.number}`}
            </option>
          ))}
      </datalist>
    </label>
  )
}
