import { Button } from 'antd'
import { Changes } from '../entry/Changes'
import { useT } from '../i18n'
import { diff } from '../schema/diff'
import type { Schema } from '../schema/types'
import type { BatchRow } from './store'

/** More rows than this only say how many they are. */
const shown = 10

/** Another window changed the batch meanwhile: what differs, and whose stands is chosen. */
export function Elsewhere(props: {
  /** Undefined: the other window ended the batch. */
  theirs: readonly BatchRow[] | undefined
  ours: readonly BatchRow[]
  schema: Schema
  insist: () => void
  yield: () => void
}) {
  const { theirs, ours, schema, insist } = props
  const t = useT()
  const rows = theirs ? differing(theirs, ours) : []
  return (
    <section className="panel" role="alert">
      <p>{t(theirs ? 'batch.elsewhere' : 'batch.endedElsewhere')}</p>
      <ul>
        {rows.slice(0, shown).map(({ key, name, changes }) => (
          <li key={key}>
            {name}
            <Changes schema={schema} changes={changes} />
          </li>
        ))}
      </ul>
      {rows.length > shown && <p>{t('batch.moreDiffer', { count: rows.length - shown })}</p>}
      <Button onClick={insist}>{t('batch.useHere')}</Button>{' '}
      <Button onClick={props.yield}>{t('batch.useElsewhere')}</Button>
    </section>
  )
}

function differing(theirs: readonly BatchRow[], ours: readonly BatchRow[]) {
  const keys = new Set([...theirs, ...ours].map((r) => r.key))
  return [...keys].flatMap((key) => {
    const their = theirs.find((r) => r.key === key)
    const our = ours.find((r) => r.key === key)
    const changes = diff(their?.doc, our?.doc)
    return changes.length > 0 ? [{ key, name: (our ?? their)!.name, changes }] : []
  })
}
