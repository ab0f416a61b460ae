import { Modal } from 'antd'
import { useLang, useT } from '../i18n'
import { get } from '../schema/pointer'
import { type Column, readText } from './columns'
import type { BatchStore, Plan } from './store'

/** More than a screen of them nobody reads; the grid shows the rest, and undo takes it back. */
const listed = 100

/** The cells a paste would change, before it changes them. */
export function PastePreview(props: {
  plan: Plan
  store: BatchStore
  columns: readonly Column[]
  onDone: (carryOut: boolean) => void
}) {
  const { plan, store, columns, onDone } = props
  const t = useT()
  const lang = useLang()
  const words = { yes: t('form.yes'), no: t('form.no') }
  return (
    <Modal
      open
      title={t('batch.pasteTitle')}
      okText={t('batch.paste', { count: plan.changes.length })}
      cancelText={t('batch.cancel')}
      okButtonProps={{ autoFocus: true }}
      onOk={() => onDone(true)}
      onCancel={() => onDone(false)}
      width={640}
    >
      {plan.pinned > 0 && <p>{t('batch.pastePinned', { count: plan.pinned })}</p>}
      {plan.missing > 0 && <p>{t('batch.pasteRows', { count: plan.missing })}</p>}
      <section
        className="paste-list"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
        tabIndex={0}
        aria-label={t('batch.pasteTitle')}
      >
        <table className="plain">
          <thead>
            <tr>
              <th>{t('batch.cell')}</th>
              <th>{t('batch.before')}</th>
              <th>{t('batch.after')}</th>
            </tr>
          </thead>
          <tbody>
            {plan.changes.slice(0, listed).map(({ row, pointer, value }) => {
              const column = columns.find((c) => c.pointer === pointer)!
              const now = store.row(row)
              const place = now ? store.rows.indexOf(now) : Number(row.slice(1))
              const text = (v: typeof value) => readText(column.node, v, lang, words, store.names)
              return (
                <tr key={`${row}${pointer}`}>
                  <td>
                    {t('form.cell', { title: column.title, row: place + 1 })} {now?.name}
                  </td>
                  <td>
                    <del>{now && text(get(now.doc, pointer))}</del>
                  </td>
                  <td>
                    <ins>{text(value)}</ins>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </section>
      {plan.changes.length > listed && (
        <p className="quiet">{t('batch.pasteMore', { count: plan.changes.length - listed })}</p>
      )}
    </Modal>
  )
}
