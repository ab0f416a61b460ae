import { Button, Spin } from 'antd'
import type { ReactNode } from 'react'
import { ProblemError } from '../api/problem'
import { useT } from '../i18n'
import { NoStandard } from './NoStandard'

export function Loading() {
  const t = useT()
  return (
    <div className="state" role="status" aria-busy="true">
      <Spin />
      <p>{t('state.loading')}</p>
    </div>
  )
}

export function Empty({ children }: { children: ReactNode }) {
  return <div className="state">{children}</div>
}

/** What went wrong in the reader's words; another try only where one can help. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useT()
  const problem = error instanceof ProblemError ? error : undefined
  if (problem?.code === 'no_standard_yet') return <NoStandard />
  const lasting = problem && problem.status >= 400 && problem.status < 500
  return (
    <div className="state" role="alert">
      <p>
        <strong>{problem?.message ?? t('state.failed')}</strong>
      </p>
      {problem?.requestId && (
        <p className="quiet">{t('state.requestId', { id: problem.requestId })}</p>
      )}
      {retry && !lasting && <Button onClick={retry}>{t('state.retry')}</Button>}
    </div>
  )
}

interface Asked<T> {
  data: T | undefined
  error: unknown
  isPending: boolean
  refetch: () => unknown
}

/** The four states of anything asked of the server: loading, failed, empty, ready. */
export function Ready<T>(props: {
  query: Asked<T>
  empty?: (data: T) => boolean
  whenEmpty?: ReactNode
  children: (data: T) => ReactNode
}) {
  const { query, empty, whenEmpty, children } = props
  if (query.data !== undefined) {
    if (empty?.(query.data)) return <Empty>{whenEmpty}</Empty>
    return children(query.data)
  }
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />
  return <Loading />
}
