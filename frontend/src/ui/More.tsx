import { Button } from 'antd'
import { useT } from '../i18n'

interface Paged {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

/** The next page of a list, where there is one. */
export function More({ query }: { query: Paged }) {
  const t = useT()
  if (!query.hasNextPage) return null
  return (
    <div className="state">
      <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {t('state.more')}
      </Button>
    </div>
  )
}
