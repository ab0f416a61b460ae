import { type ReactNode, useState } from 'react'
import { Link } from 'react-router'
import { useT } from '../i18n'
import './overview.css'

interface Props {
  children: ReactNode
  /** Where what it counts is listed. */
  to?: string
  /** Unfolds it elsewhere on the page. */
  onOpen?: () => void
  open?: boolean
  /** Unfolds it here. */
  show?: () => ReactNode
}

/**
 * A number on a board, which opens what it counts. With no way to open it says that what is
 * behind it is not for the reader.
 */
export function Figure({ children, to, onOpen, open, show }: Props) {
  const t = useT()
  const [shown, turn] = useState(false)
  if (to)
    return (
      <Link className="figure" to={to}>
        {children}
      </Link>
    )
  if (onOpen || show)
    return (
      <>
        <button
          type="button"
          className="figure"
          aria-expanded={show ? shown : (open ?? false)}
          onClick={onOpen ?? (() => turn(!shown))}
        >
          {children}
        </button>
        {show && shown && <div className="figure-shown">{show()}</div>}
      </>
    )
  return (
    <span className="figure closed" title={t('overview.closedFigure')}>
      {children}
      <span className="sr-only"> {t('overview.closedFigure')}</span>
    </span>
  )
}
