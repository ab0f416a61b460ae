import { type ReactNode, useEffect } from 'react'
import { useT } from '../i18n'

/** The one h1 of a page, what stands beside it, and its main action at the right. */
export function PageTitle({
  title,
  beside,
  children,
}: {
  title: string
  beside?: ReactNode
  children?: ReactNode
}) {
  const t = useT()
  useEffect(() => {
    document.title = `${title} · ${t('app.name')}`
  }, [title, t])
  return (
    <div className="page-title">
      <h1>{title}</h1>
      {beside}
      {children && <div className="actions no-print">{children}</div>}
    </div>
  )
}
