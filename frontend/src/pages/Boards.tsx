import { useState } from 'react'
import { Link } from 'react-router'
import { useStandardName } from '../api/standards'
import { type BoardPlace, useBoard, useKinds } from '../api/together'
import { PageTabs } from '../app/PageTabs'
import { useT } from '../i18n'
import { Behind } from '../overview/Behind'
import { Figure } from '../overview/Figure'
import { amount, shown } from '../score/decimal'
import { useUnitName } from '../together/Units'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'

const figures = ['visits', 'adopted', 'findings', 'incidents', 'hazards', 'hazards_open'] as const
const heads = {
  visits: (t: ReturnType<typeof useT>) => t('together.visitsHad'),
  adopted: (t: ReturnType<typeof useT>) => t('together.adopted'),
  findings: (t: ReturnType<typeof useT>) => t('together.outcome_findings'),
  incidents: (t: ReturnType<typeof useT>) => t('together.outcome_incidents'),
  hazards: (t: ReturnType<typeof useT>) => t('together.outcome_hazards'),
  hazards_open: (t: ReturnType<typeof useT>) => t('together.outcome_hazards_open'),
}

/** Like units only: rank, progress, help, and what happened there beside the score. */
export default function Boards() {
  const t = useT()
  const query = useKinds()
  const [chosen, choose] = useState(0)
  return (
    <>
      <PageTitle title={t('together.boards')} />
      <PageTabs of="/visits" />
      <Ready
        query={query}
        empty={({ kinds }) => kinds.length === 0}
        whenEmpty={t('together.boardsNone')}
      >
        {({ kinds }) => (
          <>
            <label>
              {t('together.likeness')}{' '}
              <select value={chosen} onChange={(e) => choose(Number(e.target.value))}>
                {kinds.map((k, i) => (
                  <option key={`${k.kind} ${k.function}`} value={i}>
                    {label(t, k)}
                  </option>
                ))}
              </select>
            </label>
            <Shown kind={kinds[chosen]?.kind ?? ''} of={kinds[chosen]?.function ?? ''} />
          </>
        )}
      </Ready>
    </>
  )
}

const functions = ['hospital', 'kitchen', 'release'] as const

/** What the units compared have in common; an ordinary area is a residential one unless it says otherwise. */
function label(t: ReturnType<typeof useT>, of: { kind: string; function: string }) {
  const kind = t(`together.unit_${of.kind === 'ordinary' ? 'ordinary' : 'functional'}`)
  if (of.function === 'residential') return kind
  const known = functions.find((f) => f === of.function)
  return `${kind} · ${known ? t(`together.function_${known}`) : of.function}`
}

function Shown({ kind, of }: { kind: string; of: string }) {
  const t = useT()
  const standardName = useStandardName()
  const query = useBoard(kind, of)
  return (
    <Ready query={query}>
      {(board) => (
        <div className="panel table-scroll">
          <p className="quiet">
            {t('together.rule', {
              standard: standardName(board.standard),
              version: board.version,
              from: board.from,
              to: board.to,
            })}
          </p>
          <p className="quiet">
            {t(board.province ? 'together.scopeProvince' : 'together.scopePrison')}{' '}
            {t('together.published')}
          </p>
          {board.places.length === 0 ? (
            <Empty>{t('together.boardsNone')}</Empty>
          ) : (
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('together.rank')}</th>
                  <th scope="col">{t('together.unit')}</th>
                  <th scope="col" className="num">
                    {t('together.score')}
                  </th>
                  <th scope="col">{t('together.progress')}</th>
                  {figures.map((k) => (
                    <th key={k} scope="col" className="num">
                      {heads[k](t)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {board.places.map((p) => (
                  <Row key={p.area} place={p} />
                ))}
              </tbody>
            </table>
          )}
        </div>
      )}
    </Ready>
  )
}

function Row({ place }: { place: BoardPlace }) {
  const t = useT()
  const nameOf = useUnitName()
  const [opened, open] = useState<(typeof figures)[number]>()
  const { prison, area, since, beside } = place
  const at = `/prisons/${prison}/areas/${area}`
  return (
    <>
      <tr>
        <td>{t('together.rankOf', { rank: place.rank, of: place.of })}</td>
        <td>{beside ? <Link to={`${at}/score`}>{nameOf(place)}</Link> : nameOf(place)}</td>
        <td className="num">
          <Figure to={beside && `${at}/score`}>{place.display}</Figure>{' '}
          <span className={`status ${place.passes ? 'approved' : 'overdue'}`}>
            {t(place.passes ? 'score.pass' : 'score.fail')}
          </span>
        </td>
        <td>
          {since ? (
            <Figure to={beside && `${at}/readiness`}>
              {t('together.since', {
                day: since.as_of,
                change: `${amount(since.change) > 0 ? '+' : ''}${shown(since.change)}`,
              })}
            </Figure>
          ) : (
            t('together.sinceNone')
          )}
        </td>
        {figures.map((k) => (
          <td key={k} className="num">
            {beside ? (
              <Figure open={opened === k} onOpen={() => open((was) => (was === k ? undefined : k))}>
                {beside[k]}
              </Figure>
            ) : (
              '—'
            )}
          </td>
        ))}
      </tr>
      {opened && (
        <tr>
          <td colSpan={4 + figures.length}>
            <strong>{heads[opened](t)}</strong>
            <Behind prison={prison} area={area} figure={opened} />
          </td>
        </tr>
      )}
    </>
  )
}
