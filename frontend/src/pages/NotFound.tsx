import { Link } from 'react-router'
import { useT } from '../i18n'
import { Empty } from '../ui/States'

export default function NotFound() {
  const t = useT()
  return (
    <Empty>
      <p>{t('state.notFound')}</p>
      <Link to="/">{t('receipt.back')}</Link>
    </Empty>
  )
}
