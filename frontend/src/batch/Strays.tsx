import { Button } from 'antd'
import type { Ref } from 'react'
import { useT } from '../i18n'
import { get } from '../schema/pointer'
import type { Stray } from './places'
import type { BatchStore } from './store'

/** More than these only say how many they are. */
const shown = 20

/** What is wrong where no column shows it: it has to go before its row can. */
export function Strays(props: {
  strays: readonly Stray[]
  store: BatchStore
  box: Ref<HTMLElement>
}) {
  const { strays, store, box } = props
  const t = useT()
  if (strays.length === 0) return null
  return (
    <section
      className="panel danger"
      role="alert"
      ref={box}
      tabIndex={-1}
      aria-label={t('batch.strays')}
    >
      {strays.slice(0, shown).map(({ index, row, problem }) => (
        <p key={row.key + problem.pointer + problem.code}>
          {t('batch.strayAt', { row: index + 1, name: row.name })}{' '}
          <span className="mono">{problem.pointer}</span> {problem.message}{' '}
          {get(row.doc, problem.pointer) !== undefined && (
            <Button
              size="small"
              onClick={() =>
                store.apply([{ row: row.key, pointer: problem.pointer, value: undefined }])
              }
            >
              {t('edit.dropStray')}
            </Button>
          )}
        </p>
      ))}
      {strays.length > shown && <p>{t('batch.moreStrays', { count: strays.length - shown })}</p>}
    </section>
  )
}
