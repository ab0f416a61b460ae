import type { Pointer } from '../../schema/pointer'
import type { Json, Schema } from '../../schema/types'

export interface ControlProps {
  pointer: Pointer
  node: Schema
  id: string
  label: string
  value: Json | undefined
  onChange: (value: Json | undefined) => void
  onBlur: () => void
  disabled: boolean
  invalid: boolean
  describedBy?: string
  /** In a row of a table: no room for radio buttons or several lines. */
  compact: boolean
}

/** What every control puts on its input for screen readers. */
export function aria({ id, label, invalid, describedBy, compact }: ControlProps) {
  return {
    id,
    'aria-invalid': invalid || undefined,
    'aria-describedby': describedBy,
    'aria-label': compact ? label : undefined,
  }
}
