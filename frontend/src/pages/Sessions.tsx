import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useNavigate } from 'react-router'
import { useSessions } from '../api/queries'
import { endSession, signOutEverywhere } from '../api/session'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'

/** Where one is signed in, and the way to end it everywhere. */
export default function Sessions() {
  const t = useT()
  const query = useSessions()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const everywhere = async () => {
    await signOutEverywhere()
    queries.clear()
    navigate('/sign-in')
  }
  const end = async (id: string) => {
    await endSession(id)
    await query.refetch()
  }
  return (
    <>
      <PageTitle title={t('menu.sessions')}>
        <Button danger onClick={() => void everywhere()}>
          {t('sessions.everywhere')}
        </Button>
      </PageTitle>
      <Ready query={query}>
        {(data) => (
          <div className="panel">
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('sessions.agent')}</th>
                  <th scope="col">{t('sessions.address')}</th>
                  <th scope="col">{t('sessions.created')}</th>
                  <th scope="col">{t('sessions.seen')}</th>
                  <th scope="col">{t('sessions.act')}</th>
                </tr>
              </thead>
              <tbody>
                {data.sessions.map((s) => (
                  <tr key={s.id}>
                    <td>{s.agent}</td>
                    <td className="mono">{s.address}</td>
                    <td>{showTime(s.created_at)}</td>
                    <td>{showTime(s.seen_at)}</td>
                    <td>
                      {s.id === data.current ? (
                        t('sessions.this')
                      ) : (
                        <Button onClick={() => void end(s.id)}>{t('sessions.end')}</Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Ready>
    </>
  )
}
