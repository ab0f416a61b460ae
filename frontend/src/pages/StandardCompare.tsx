import { Link, useParams, useSearchParams } from 'react-router'
import { ProblemError } from '../api/problem'
import { useComparison } from '../api/standards'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import NotFound from './NotFound'

/** Two versions side by side; what stays the same is folded away. */
export default function StandardCompare() {
  const t = useT()
  const lang = useLang()
  const { standard = '' } = useParams()
  const [asked] = useSearchParams()
  const from = Number(asked.get('from'))
  const to = Number(asked.get('to'))
  const query = useComparison(standard, from, to)
  const missing = query.error instanceof ProblemError && query.error.status === 404
  if (missing || !(from > 0 && to > 0)) return <NotFound />
  return (
    <>
      <PageTitle title={t('standards.comparing', { standard, from, to })}>
        {to === from + 1 && (
          <Link to={`/standards/${standard}/v/${to}/mapping`}>{t('mapping.open')}</Link>
        )}
      </PageTitle>
      <Ready query={query}>
        {({ domains, indicators }) => {
          const moved = indicators.filter((i) => i.change !== 'same')
          return (
            <>
              <div className="panel">
                <table className="plain">
                  <thead>
                    <tr>
                      <th scope="col">{t('standards.domain')}</th>
                      <th scope="col">{t('standards.versionN', { version: from })}</th>
                      <th scope="col">{t('standards.versionN', { version: to })}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {domains.map((d) => (
                      <tr key={d.id}>
                        <td>{text(d.title, lang)}</td>
                        <td className="num">{d.before ?? '—'}</td>
                        <td className="num">{d.after ?? '—'}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              <div className="panel">
                <p role="status">
                  {t('standards.differ', {
                    count: moved.length,
                    same: indicators.length - moved.length,
                  })}
                </p>
                <table className="plain">
                  <thead>
                    <tr>
                      <th scope="col">{t('standards.code')}</th>
                      <th scope="col">{t('standards.change')}</th>
                      <th scope="col">{t('standards.versionN', { version: from })}</th>
                      <th scope="col">{t('standards.versionN', { version: to })}</th>
                      <th scope="col">{t('standards.rules')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {moved.map((i) => (
                      <tr key={i.code}>
                        <td>{i.code}</td>
                        <td>{t(`standards.change_${i.change}`)}</td>
                        {[i.before, i.after].map((side, n) => (
                          <td key={n === 0 ? 'before' : 'after'}>
                            {side ? (
                              <>
                                {text(side.title, lang)} ·{' '}
                                {t('standards.points', { points: side.points })}
                                <br />
                                <span className="quiet">{text(side.criteria, lang)}</span>
                              </>
                            ) : (
                              '—'
                            )}
                          </td>
                        ))}
                        <td>{i.lines.join(' ') || '—'}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </>
          )
        }}
      </Ready>
    </>
  )
}
