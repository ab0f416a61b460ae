import { SchemaForm } from '../form/SchemaForm'
import type { FormStore } from '../form/store'
import type { Layout } from './design'

/** Look-ups answer with what is typed: the drawing board has no people of its own. */
const services = {
  lookup: async (_kind: string, query: string) => (query ? [{ value: query, label: query }] : []),
  files: [],
  readOnly: false,
}

/** The form of files that are not published, as the officer will see it. */
export function AsOfficer({ store, form }: { store: FormStore; form: Layout }) {
  return (
    <div className="as-officer">
      <SchemaForm store={store} layout={form} services={services} />
    </div>
  )
}
