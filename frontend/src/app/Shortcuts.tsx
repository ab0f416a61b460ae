import { useEffect, useRef } from 'react'
import { useT } from '../i18n'

const keys = [
  ['Alt+1', 'workbench'],
  ['Alt+2', 'inbox'],
  ['Alt+3', 'mine'],
  ['Ctrl+K', 'command'],
  ['/', 'search'],
  ['Ctrl+Enter', 'submit'],
  ['Alt+N', 'row'],
  ['J / K', 'next'],
  ['A', 'approve'],
  ['R', 'return'],
  ['X', 'select'],
  ['?', 'help'],
] as const

/** What the keyboard can do, on '?'. */
export function Shortcuts({ open, close }: { open: boolean; close: () => void }) {
  const t = useT()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (open) dialog.current?.showModal()
  }, [open])
  return (
    <dialog ref={dialog} className="panel" aria-labelledby="shortcuts" onClose={close}>
      <h2 id="shortcuts">{t('keys.title')}</h2>
      <table className="plain">
        <tbody>
          {keys.map(([key, what]) => (
            <tr key={key}>
              <td>
                <kbd>{key}</kbd>
              </td>
              <td>{t(`keys.${what}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <form method="dialog">
        <button type="submit">{t('keys.close')}</button>
      </form>
    </dialog>
  )
}
