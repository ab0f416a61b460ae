import { Suppose } from '../accreditation/Suppose'
import { useLevel } from '../accreditation/words'
import { useScreening } from '../api/cases'
import { usePrison } from '../api/queries'
import { PageTabs } from '../app/PageTabs'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
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
                    <th scope="col" className="num">
                      {t('cases.rank')}
                    </th>
                    <th scope="col">{t('cases.prison')}</th>
                    <th scope="col">{t('cases.reaches')}</th>
                    <th scope="col">{t('cases.conditions')}</th>
                    <th scope="col">{t('cases.missing')}</th>
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
                      <td className="num">{n + 1}</td>
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
                        {Object.values(p.conditions)
                          .flatMap((c) => c.says)
                          .map((s) => (
                            <div key={s.zh}>{text(s, lang)}</div>
                          ))}
                      </td>
                      <td>{p.missing > 0 ? t('cases.areasMissing', { n: p.missing }) : '—'}</td>
                      <td className="num">{p.mean ?? '—'}</td>
                      <td>{p.holds ? level(p.holds) : '—'}</td>
                      <td className="num">{p.open_cases}</td>
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
