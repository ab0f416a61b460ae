import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { lookup } from '../api/lookup'
import { useMe } from '../api/queries'

interface Props {
  id: string
  name: string
  prison: string
  label: string
}

/** The police number of somebody else, found by number or name as it is typed. */
export function PersonInput({ id, name, prison, label }: Props) {
  const [typed, setTyped] = useState('')
  const me = useMe().data?.number
  const found = useQuery({
    queryKey: ['people', prison, typed],
    queryFn: ({ signal }) => lookup(prison, '', 'police', typed, signal),
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
          ?.filter((p) => p.value !== me)
          .map((p) => (
            <option key={String(p.value)} value={String(p.value)}>
              {p.label}
            </option>
          ))}
      </datalist>
    </label>
  )
}
