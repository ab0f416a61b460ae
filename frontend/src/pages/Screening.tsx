import { Link } from 'react-router'
import { Conditions } from '../accreditation/Conditions'
import { Suppose } from '../accreditation/Suppose'
import { useLevel } from '../accreditation/words'
import { type ScreenedPrison, useScreening } from '../api/cases'
import { usePrison } from '../api/queries'
import { PageTabs } from '../app/PageTabs'
import { useLang, useT } from '../i18n'
import { Figure } from '../overview/Figure'
import { text } from '../schema/types'
import { shown } from '../score/decimal'
import { FocusUnits, useFocused } from '../together/Focus'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'

/** Every prison in sight by how ready it is, with what is missing in numbers. */
export default function Screening() {
  const t = useT()
  const lang = useLang()
  const level = useLevel()
  const prison = usePrison()
  const focused = useFocused()
  return (
    <>
      <PageTitle title={t('cases.screening')} />
      <PageTabs of="/accreditation" />
      <Ready
        query={useScreening()}
        empty={(list) => list.length === 0}
        whenEmpty={t('cases.noPrisons')}
      >
        {(list) => (
          <>
            <div className="panel table-scroll">
              <table className="plain">
                <thead>
                  <tr>
                    <th scope="col">{t('cases.rank')}</th>
                    <th scope="col">{t('cases.prison')}</th>
                    <th scope="col">{t('cases.reaches')}</th>
                    <th scope="col">{t('cases.conditions')}</th>
                    <th scope="col">{t('cases.missing')}</th>
                    <th scope="col" className="num">
                      {t('cases.ownScore')}
                    </th>
                    <th scope="col" className="num">
                      {t('cases.mean')}
                    </th>
                    <th scope="col">{t('cases.holdsTitle')}</th>
                    <th scope="col" className="num">
                      {t('cases.openCases')}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((p, n) => (
                    <tr key={p.prison}>
                      <td>{n + 1}</td>
                      <td>
                        {text(p.name, lang)}{' '}
                        {focused(p.prison) && (
                          <span className="status submitted">{t('together.focusOn')}</span>
                        )}
                      </td>
                      <td>
                        <span className={`status ${p.reaches ? 'approved' : 'draft'}`}>
                          {p.reaches ? level(p.reaches) : t('cases.reachesNone')}
                        </span>
                      </td>
                      <td>
                        {Object.values(p.conditions).flatMap((c) =>
                          c.says.map((s) => (
                            <div key={s.zh}>
                              <Figure show={() => <Conditions of={c} />}>{text(s, lang)}</Figure>
                            </div>
                          )),
                        )}
                      </td>
                      <td>
                        {p.missing > 0 ? (
                          <Figure show={() => <Lacking of={p} />}>
                            {t('cases.areasMissing', { n: p.missing })}
                          </Figure>
                        ) : (
                          '—'
                        )}
                      </td>
                      <td className="num">
                        <OwnScore of={p} />
                      </td>
                      <td className="num">
                        {p.mean ? (
                          <Figure to={`/prisons/${p.prison}/overview`}>{p.mean}</Figure>
                        ) : (
                          '—'
                        )}
                      </td>
                      <td>{p.holds ? level(p.holds) : '—'}</td>
                      <td className="num">
                        <Figure to={`/accreditation?prison=${p.prison}&open=true`}>
                          {p.open_cases}
                        </Figure>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <FocusUnits prisons={list.map((p) => p.prison)} />
            {list.some((p) => p.prison === prison) && <Suppose key={prison} prison={prison} />}
          </>
        )}
      </Ready>
    </>
  )
}

/** The areas that have not passed: out of them those that are missing must come. */
function Lacking({ of }: { of: ScreenedPrison }) {
  const lang = useLang()
  const areas = Object.values(of.conditions)[0]?.areas ?? []
  return (
    <ul>
      {areas
        .filter((a) => !a.passed)
        .map((a) => (
          <li key={a.area}>
            <Link to={`/prisons/${of.prison}/units/${a.area}/board`}>{text(a.name, lang)}</Link>
          </li>
        ))}
    </ul>
  )
}

/** The prison as a whole today, and the points to the line of the next level. */
function OwnScore({ of }: { of: ScreenedPrison }) {
  const t = useT()
  const level = useLevel()
  const { score } = of
  if (!score) return '—'
  return (
    <>
      <Figure to={`/prisons/${of.prison}/overview`}>{score.display}</Figure>{' '}
      <span className="quiet">
        {score.next
          ? t('cases.ownGap', {
              level: level(score.next),
              line: score.line,
              gap: shown(score.gap),
            })
          : t('cases.ownTop', { level: level(score.reaches ?? '') })}
      </span>
    </>
  )
}
