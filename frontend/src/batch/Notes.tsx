import { useLang, useT } from '../i18n'
import { get } from '../schema/pointer'
import { useOrigin } from '../ui/names'
import { type Column, readText } from './columns'
import type { Names } from './names'
import { ofRow } from './places'
import { type BatchRow, pinAt, problemsAt } from './store'

/** Under the grid, at the active cell: what is wrong, and what it was the time before. */
export function Notes({ row, column, names }: { row: BatchRow; column: Column; names: Names }) {
  const t = useT()
  const lang = useLang()
  const words = { yes: t('form.yes'), no: t('form.no') }
  const origin = useOrigin()
  const pin = pinAt(row, column.pointer)
  const before = row.last && get(row.last.document, column.pointer)
  const placed = problemsAt(row, column.pointer)
  const loose = [...row.problems, ...row.rules].filter(ofRow)
  return (
    <>
      {pin && <span className="quiet">{t('batch.pinned', { from: origin(pin) })} </span>}
      {before !== undefined && (
        <span className="quiet">
          {t('batch.last', {
            day: row.last?.day,
            value: readText(column.node, before, lang, words, names),
          })}{' '}
        </span>
      )}
      {names.unclear(column.node, get(row.doc, column.pointer)).map(({ name, numbers }) => (
        <span key={name} className="danger">
          {numbers.length > 1
            ? t('batch.several', { name, numbers: numbers.join(' ') })
            : t('batch.nobody', { name })}{' '}
        </span>
      ))}
      {[...placed, ...loose].map((p) => (
        <span key={p.pointer + p.code} className={p.level === 'warning' ? 'warning' : 'danger'}>
          {p.message}{' '}
        </span>
      ))}
      {row.failure && <span className="danger">{row.failure}</span>}
    </>
  )
}
