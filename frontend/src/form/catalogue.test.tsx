import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { act, cleanup, render } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { expand } from '../schema/expand'
import type { Doc, FormLayout, Schema } from '../schema/types'
import { idOf } from './Field'
import { SchemaForm } from './SchemaForm'
import { FormStore } from './store'

/** Every type of the catalogue drawn with its own documents: what is wrong is said where it is. */
const root = '../schemas/ledgers'
const read = <T,>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T
const files = (path: string) =>
  existsSync(path) ? readdirSync(path).filter((f) => f.endsWith('.json')) : []
const types = readdirSync(root, { withFileTypes: true }).flatMap((ledger) =>
  ledger.isDirectory()
    ? readdirSync(`${root}/${ledger.name}`).map((version) => `${root}/${ledger.name}/${version}`)
    : [],
)

interface Invalid {
  errors: { pointer: string; code: string }[]
  document: Doc
}

describe.each(types)('%s', (type) => {
  const schema = expand(read<Schema>(`${type}/schema.json`))
  const layout = read<FormLayout>(`${type}/form.json`)
  const draw = (doc: Doc) => {
    const store = new FormStore(schema, doc, 'zh')
    render(
      <SchemaForm
        store={store}
        layout={layout}
        services={{ lookup: async () => [], files: [], readOnly: false }}
      />,
    )
    return store
  }

  it('draws its documents without a complaint', () => {
    for (const file of files(`${type}/valid`)) {
      const store = draw(read<Doc>(`${type}/valid/${file}`))
      act(() => store.reveal())
      expect(
        [...document.querySelectorAll('.notes .error')].map((e) => e.textContent),
        file,
      ).toEqual([])
      cleanup()
    }
  })

  it('says what is wrong at the field it is about', () => {
    for (const file of files(`${type}/invalid`)) {
      const { errors, document: doc } = read<Invalid>(`${type}/invalid/${file}`)
      const store = draw(doc)
      act(() => {
        store.reveal()
        store.heard(
          errors.filter((e) => e.code.startsWith('rule:')).map((e) => ({ ...e, message: '规则' })),
        )
      })
      // What the officer cannot type (unknown fields) is never sent; what a rule says of a
      // hidden field stands above the form.
      const sent = new Set(store.wrong())
      const hidden = store.shape('').hidden
      const shown = errors.filter(
        ({ pointer, code }) =>
          sent.has(pointer) &&
          code !== 'additionalProperties' &&
          !hidden.has(pointer.split('/')[1]!),
      )
      for (const { pointer } of shown) {
        const own = document.getElementById(`${idOf(pointer)}-notes`)
        const above = document.getElementById(
          `${idOf(pointer.slice(0, pointer.lastIndexOf('/')))}-notes`,
        )
        expect((own ?? above)?.textContent, `${file} ${pointer}`).toMatch(/[\u4e00-\u9fff]/)
      }
      cleanup()
    }
  })
})
