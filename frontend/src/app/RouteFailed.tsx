import { useRouteError } from 'react-router'
import { Failed } from '../ui/States'

/** The last resort of a page: says so instead of showing nothing. */
export function RouteFailed() {
  const error = useRouteError()
  return <Failed error={error} retry={() => window.location.reload()} />
}
