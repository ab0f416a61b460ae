import { Button } from 'antd'
import { useSyncExternalStore } from 'react'
import { Link } from 'react-router'
import { useT } from '../i18n'
import { useConnection } from './connection'
import { useUnsent, useWorks } from './context'
import { page } from './page'

/** Says when the server is away, what waits on this computer, and that there is a newer page. */
export function OfflineBar() {
  const t = useT()
  const away = useConnection() === 'offline'
  const newer = useSyncExternalStore(page.subscribe, () => page.newer)
  const works = useWorks() ?? []
  const count = (state: string) => works.filter((w) => w.state === state).length
  const open = count('editing')
  const waiting = count('waiting')
  const troubled = count('refused') + count('branched')
  const overruled = works.filter((w) => w.state === 'delivered' && w.overruled?.length).length
  const all = open + waiting + troubled + overruled
  const looks = useUnsent().filter((u) => u.waits || u.refused)
  const [look] = looks
  if (!away && !newer && all === 0 && !look) return null
  return (
    <div className={`panel offline-bar ${away ? 'away' : ''}`} role="status">
      <strong>{t(away ? 'offline.away' : 'offline.there')}</strong>{' '}
      {away && <span>{t('offline.awayHint')} </span>}
      {all > 0 && (
        <Link to="/offline">
          {[
            waiting > 0 && t('offline.countWaiting', { count: waiting }),
            open > 0 && t('offline.countOpen', { count: open }),
            troubled > 0 && t('offline.countTroubled', { count: troubled }),
            overruled > 0 && t('offline.countOverruled', { count: overruled }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </Link>
      )}
      {look && (
        <Link to={`/prisons/${look.prison}/checks/${look.check}/route#${look.line}`}>
          {t('offline.countLooks', { count: looks.length })}
        </Link>
      )}
      {newer && (
        <span className="push">
          {t('offline.newer')}{' '}
          <Button size="small" onClick={() => window.location.reload()}>
            {t('offline.reload')}
          </Button>
        </span>
      )}
    </div>
  )
}
