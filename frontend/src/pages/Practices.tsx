import { now } from '../api/clock'
import {
  type Adoption,
  addPractice,
  adopt,
  type GuidedUnit,
  type Practice,
  useBrands,
  usePractices,
  verifyAdoption,
} from '../api/together'
import { PageTabs } from '../app/PageTabs'
import { showTime, today } from '../form/time'
import { useT } from '../i18n'
import { Day, Line, Say, Text } from '../together/Say'
import { steps } from '../together/steps'
import { Units, unitOf, useUnitName } from '../together/Units'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'

/** What units do well, who adopted it, and which adoptions count. */
export default function Practices() {
  const t = useT()
  const query = usePractices()
  return (
    <>
      <PageTitle title={t('together.practices')} />
      <PageTabs of="/visits" />
      <Ready query={query}>
        {({ practices, own }) => (
          <>
            <p className="quiet">{t('together.countedMeans')}</p>
            {own.length > 0 && <NewPractice own={own} />}
            {practices.length === 0 && <Empty>{t('together.practicesNone')}</Empty>}
            {practices.map((p) => (
              <Shown key={p.id} practice={p} own={own} />
            ))}
          </>
        )}
      </Ready>
    </>
  )
}

function Shown({ practice, own }: { practice: Practice; own: GuidedUnit[] }) {
  const t = useT()
  const nameOf = useUnitName()
  const others = own.filter((u) => u.prison !== practice.prison || u.area !== practice.area)
  return (
    <section className="panel" aria-label={practice.title}>
      <h2>{practice.title}</h2>
      <p className="quiet">
        {nameOf(practice)} · {practice.author_name} {showTime(practice.recorded_at)}
      </p>
      <p>{practice.content}</p>
      <p>{t('together.counted', { n: practice.counted })}</p>
      <ul>
        {practice.adoptions.map((a) => (
          <Adopted key={a.id} adoption={a} />
        ))}
      </ul>
      {others.length > 0 && (
        <Say
          key={practice.adoptions.length}
          label={t('together.adopt')}
          of={practice.title}
          send={(typed, key) => {
            const { prison, area } = unitOf(typed('unit'))
            const body = {
              practice: practice.id,
              area,
              adopted_on: typed('day'),
              proof: typed('proof'),
            }
            return adopt(prison, body, key)
          }}
        >
          <Units units={others} />
          <Day name="day" label={t('together.adoptedOn')} day={today(now())} />
          <Text name="proof" label={t('together.proof')} />
        </Say>
      )}
    </section>
  )
}

function Adopted({ adoption }: { adoption: Adoption }) {
  const t = useT()
  const nameOf = useUnitName()
  const { verdict } = adoption
  return (
    <li>
      {nameOf(adoption)} {adoption.adopted_on} {adoption.proof}{' '}
      <span
        className={`status ${verdict ? (verdict.holds ? 'approved' : 'returned') : 'submitted'}`}
      >
        {t(
          verdict
            ? verdict.holds
              ? 'together.holds'
              : 'together.holdsNot'
            : 'together.unverified',
        )}
      </span>
      {verdict && (
        <div className="quiet">
          {verdict.by_name} {verdict.comment}
        </div>
      )}
      {adoption.may && (
        <Say
          label={t('together.verify')}
          of={nameOf(adoption)}
          send={(typed, key) =>
            verifyAdoption(
              adoption,
              { holds: typed('holds') === 'yes', comment: typed('comment') },
              key,
            )
          }
        >
          <label>
            {t('together.verdict')}
            <select name="holds">
              <option value="yes">{t('together.holds')}</option>
              <option value="no">{t('together.holdsNot')}</option>
            </select>
          </label>
          <Text name="comment" label={t('together.comment')} />
        </Say>
      )}
    </li>
  )
}

function NewPractice({ own }: { own: GuidedUnit[] }) {
  const t = useT()
  const finished = (useBrands().data?.brands ?? []).filter(
    (b) => b.next > steps.length && own.some((u) => u.prison === b.prison && u.area === b.area),
  )
  return (
    <div className="panel">
      <Say
        label={t('together.newPractice')}
        send={(typed, key) => {
          const brand = finished.find((b) => b.id === typed('brand'))
          const { prison, area } = brand ?? unitOf(typed('unit'))
          const body = { area, brand: brand?.id, title: typed('title'), content: typed('content') }
          return addPractice(prison, body, key)
        }}
      >
        <Units units={own} />
        <label>
          {t('together.fromBrand')}
          <select name="brand">
            <option value="">—</option>
            {finished.map((b) => (
              <option key={b.id} value={b.id}>
                {b.title}
              </option>
            ))}
          </select>
        </label>
        <Line name="title" label={t('together.practice')} />
        <Text name="content" label={t('together.content')} />
      </Say>
    </div>
  )
}
