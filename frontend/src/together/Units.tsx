import type { GuidedUnit } from '../api/together'
import { useT } from '../i18n'
import { useNames } from '../ui/names'

/** The name of a unit: its area, or the prison as a whole. */
export function useUnitName() {
  const names = useNames()
  return ({ prison, area }: GuidedUnit) =>
    area ? `${names.prison(prison)} ${names.area(area)}` : names.prison(prison)
}

const written = ({ prison, area }: GuidedUnit) => `${prison} ${area ?? ''}`

/** The unit that was chosen, as the server takes it. */
export function unitOf(value: string): { prison: string; area?: string } {
  const [prison = '', area] = value.split(' ')
  return area ? { prison, area } : { prison }
}

interface Props {
  name?: string
  label?: string
  units: GuidedUnit[]
}

export function Units({ name = 'unit', label, units }: Props) {
  const t = useT()
  const nameOf = useUnitName()
  return (
    <label>
      {label ?? t('together.unit')}
      <select name={name} required>
        {units.map((u) => (
          <option key={written(u)} value={written(u)}>
            {nameOf(u)}
          </option>
        ))}
      </select>
    </label>
  )
}
