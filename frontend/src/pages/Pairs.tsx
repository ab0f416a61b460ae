import { now } from '../api/clock'
import { useOrganisation } from '../api/queries'
import { addHelp, addPair, type Pair, usePairs } from '../api/together'
import { PageTabs } from '../app/PageTabs'
import { today } from '../form/time'
import { useT } from '../i18n'
import { shown } from '../score/decimal'
import { Day, Say, Text } from '../together/Say'
import { Units, unitOf, useUnitName } from '../together/Units'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'

/** Strong units that help weak ones like them, the log of the help, and who passed whom. */
export default function Pairs() {
  const t = useT()
  const query = usePairs()
  return (
    <>
      <PageTitle title={t('together.pairs')} />
      <PageTabs of="/visits" />
      <Ready query={query}>
        {({ pairs, may }) => (
          <>
            {may && <NewPair />}
            {pairs.length === 0 && <Empty>{t('together.pairsNone')}</Empty>}
            {pairs.map((p) => (
              <Shown key={p.id} pair={p} />
            ))}
          </>
        )}
      </Ready>
    </>
  )
}

function Shown({ pair }: { pair: Pair }) {
  const t = useT()
  const nameOf = useUnitName()
  const title = t('together.pairOf', {
    strong: nameOf({ prison: pair.strong_prison, area: pair.strong_area }),
    weak: nameOf(pair),
  })
  return (
    <section className="panel" aria-label={title}>
      <h2>{title}</h2>
      <p className="quiet">
        {t('together.pairedAt', {
          strong: shown(pair.strong_score),
          weak: shown(pair.weak_score),
          day: pair.until_day,
        })}
      </p>
      {pair.overtake && (
        <p>
          <span className="status approved">
            {t('together.overtook', {
              day: pair.overtake.day,
              strong: shown(pair.overtake.strong_score),
              weak: shown(pair.overtake.weak_score),
            })}
          </span>
        </p>
      )}
      <p>{pair.aim}</p>
      <ul>
        {pair.helps.map((h) => (
          <li key={h.id}>
            {h.day} {h.content} <span className="quiet">{h.author_name}</span>
          </li>
        ))}
      </ul>
      {pair.may && (
        <Say
          key={pair.helps.length}
          label={t('together.help')}
          of={title}
          send={(typed, key) =>
            addHelp(pair, { day: typed('day'), content: typed('content') }, key)
          }
        >
          <Day name="day" label={t('together.day')} day={today(now())} />
          <Text name="content" label={t('together.content')} />
        </Say>
      )}
    </section>
  )
}

function NewPair() {
  const t = useT()
  const prisons = useOrganisation().data?.prisons ?? []
  const units = prisons.flatMap((p) => p.areas.map((a) => ({ prison: p.id, area: a.id })))
  return (
    <div className="panel">
      <Say
        label={t('together.newPair')}
        send={(typed, key) => {
          const weak = unitOf(typed('weak'))
          const strong = unitOf(typed('strong'))
          const body = {
            area: weak.area ?? '',
            strong_prison: strong.prison,
            strong_area: strong.area ?? '',
            aim: typed('aim'),
            until_day: typed('until'),
          }
          return addPair(weak.prison, body, key)
        }}
      >
        <Units name="strong" label={t('together.strong')} units={units} />
        <Units name="weak" label={t('together.weak')} units={units} />
        <Day name="until" label={t('together.until')} day={today(now())} />
        <Text name="aim" label={t('together.aim')} />
      </Say>
    </div>
  )
}
