import { type OutputUnit, Validator } from '@cfworker/json-schema'
import { messageFor } from './messages'
import { get, join, type Pointer, split } from './pointer'
import type { Doc, Json, Lang, Schema } from './types'

/** One thing wrong at one place: what the server's problem documents carry too. */
export interface Problem {
  pointer: Pointer
  code: string
  message: string
}

/** Keywords that only report that something below them failed. */
const carriers = new Set(['$ref', 'properties', 'items', 'allOf', 'if', 'contains'])

export class DocumentValidator {
  readonly #validator: Validator

  /** schema is an expanded one (see expand). */
  constructor(readonly schema: Schema) {
    // The validator writes into the schema it is given.
    this.#validator = new Validator(JSON.parse(JSON.stringify(schema), readable), '2020-12', false)
  }

  /** Every problem of the document, in document order, each once. */
  problems(doc: Json, lang: Lang): Problem[] {
    const seen = new Map<string, Problem>()
    for (const unit of this.#validator.validate(doc).errors) {
      for (const found of this.#read(unit, doc, lang)) {
        seen.set(`${found.pointer} ${found.code}`, found)
      }
    }
    // Of a value of the wrong type nothing else is news: the server stops there too.
    return [...seen.values()].filter((p) => p.code === 'type' || !seen.has(`${p.pointer} type`))
  }

  #read(unit: OutputUnit, doc: Json, lang: Lang): Problem[] {
    const pointer = decodeURIComponent(unit.instanceLocation.slice(1))
    const at = split(decodeURIComponent(unit.keywordLocation.slice(1)))
    // The alternatives of a choice fail one by one; only the choice is news.
    if (at.slice(0, -1).includes('oneOf') && at.at(-1) !== 'oneOf') return []
    if (unit.keyword === 'oneOf') return [this.#problem(pointer, 'enum', at, lang)]
    if (unit.keyword === 'required') {
      return this.#missing(pointer, doc, schemaAt(this.schema, at) as string[], at, lang)
    }
    if (unit.keyword === 'dependentRequired') {
      const owner = schemaAt(this.schema, at.slice(0, -1)) as Schema
      const value = (get(doc, pointer) ?? {}) as Doc
      const needs = Object.entries(owner.dependentRequired ?? {})
        .filter(([name]) => Object.hasOwn(value, name))
        .flatMap(([, names]) => names)
      return this.#missing(pointer, doc, needs, at, lang)
    }
    if (unit.keyword === 'false') {
      return [this.#problem(pointer, 'additionalProperties', at, lang)]
    }
    if (unit.keyword === 'additionalProperties' || carriers.has(unit.keyword)) return []
    return [this.#problem(pointer, unit.keyword, at, lang)]
  }

  #missing(base: Pointer, doc: Json, names: string[], at: string[], lang: Lang): Problem[] {
    const value = (get(doc, base) ?? {}) as Doc
    return names
      .filter((name) => !Object.hasOwn(value, name))
      .map((name) => this.#problem(join(base, name), 'required', at, lang))
  }

  #problem(pointer: Pointer, code: string, at: string[], lang: Lang): Problem {
    const node = (schemaAt(this.schema, at.slice(0, -1)) ?? {}) as Schema
    return { pointer, code, message: messageFor(code, node, lang) }
  }
}

/** A pattern from before the catalogue refused such ones, which only the server can read, is left to it. */
function readable(key: string, value: unknown): unknown {
  if (key !== 'pattern' || typeof value !== 'string') return value
  try {
    new RegExp(value, 'u')
    return value
  } catch {
    return undefined
  }
}

function schemaAt(root: Schema, path: string[]): unknown {
  let node: unknown = root
  for (const key of path) node = (node as Record<string, unknown> | undefined)?.[key]
  return node
}
