import { useVersions } from '../api/catalogue'
import { useT } from '../i18n'
import type { Schema } from '../schema/types'

/** The fields that hold values, with their stable ids. */
export function fieldsOf(node: Schema | undefined): { id: string; title: string }[] {
  return Object.values(node?.properties ?? {}).flatMap((p) => {
    const inner = p.properties ? p : p.items?.properties ? p.items : undefined
    const id = (p as { 'x-id'?: string })['x-id'] ?? ''
    return inner ? fieldsOf(inner) : [{ id, title: p.title ?? id }]
  })
}

/** For each field of a ledger that is merged or shared the one that receives it; '' drops it. */
export function MergeMap(props: {
  from: string
  to: string
  places: Record<string, string>
  change: (places: Record<string, string>) => void
}) {
  const { from, to, places, change } = props
  const t = useT()
  const source = fieldsOf(useVersions(from).data?.at(-1)?.schema as Schema | undefined)
  const target = fieldsOf(useVersions(to).data?.at(-1)?.schema as Schema | undefined)
  return (
    <fieldset>
      <legend>{t('catalogue.map')}</legend>
      {source.map((f) => (
        <label key={f.id}>
          {f.title}
          <select
            value={places[f.id] ?? '?'}
            onChange={(e) => change({ ...places, [f.id]: e.target.value })}
          >
            <option value="?" disabled>
              {t('catalogue.mapUnset')}
            </option>
            <option value="">{t('catalogue.dropped')}</option>
            {target.map((x) => (
              <option key={x.id} value={x.id}>
                {x.title}
              </option>
            ))}
          </select>
        </label>
      ))}
    </fieldset>
  )
}
