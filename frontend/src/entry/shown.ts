import type { LedgerType } from '../api/model'
import { expand } from '../schema/expand'
import type { Schema } from '../schema/types'

const expanded = new WeakMap<LedgerType, Schema>()

/** The type's schema with its references written out, once per type. */
export function shownSchema(type: LedgerType): Schema {
  let schema = expanded.get(type)
  if (!schema) {
    schema = expand(type.schema)
    expanded.set(type, schema)
  }
  return schema
}
