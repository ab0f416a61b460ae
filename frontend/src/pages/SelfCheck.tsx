import { Button } from 'antd'
import { Link, useParams } from 'react-router'
import { type Defect, type DefectItem, useSelfCheck } from '../api/selfcheck'
import { periodName } from '../calendar/period'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import '../score/score.css'

const severities = ['error', 'warning', 'hint'] as const
const looks = { error: 'overdue', warning: 'warning', hint: 'draft' } as const

/** What an inspection would find, before it comes: what to do about it, and where. */
export default function SelfCheck() {
  const { prison = '', area = '' } = useParams()
  const t = useT()
  const names = useNames()
  const query = useSelfCheck(prison, area)
  return (
    <>
      <PageTitle title={t('selfCheck.title', { area: names.area(area) })}>
        <Link to={`/prisons/${prison}/areas/${area}/readiness`}>{t('selfCheck.back')}</Link>
        <Button onClick={() => void query.refetch()} loading={query.isFetching}>
          {t('selfCheck.again')}
        </Button>
      </PageTitle>
      <Ready query={query}>
        {({ defects, ...data }) => (
          <>
            <p className="quiet">{t('selfCheck.about', { ...data, at: showTime(data.at) })}</p>
            {defects.length === 0 && (
              <p className="panel" role="status">
                {t('selfCheck.none')}
              </p>
            )}
            {severities.map((severity) => {
              const list = defects.filter((d) => d.severity === severity)
              if (list.length === 0) return null
              return (
                <section key={severity} className="panel" aria-labelledby={severity}>
                  <h2 id={severity}>
                    <span className={`status ${looks[severity]}`}>{t(`severity.${severity}`)}</span>{' '}
                    {list.reduce((sum, d) => sum + d.count, 0)}
                  </h2>
                  <div className="score-tree">
                    {list.map((d) => (
                      <Found key={d.id} defect={d} prison={prison} area={area} />
                    ))}
                  </div>
                </section>
              )
            })}
          </>
        )}
      </Ready>
    </>
  )
}

function Found({ defect, ...at }: { defect: Defect; prison: string; area: string }) {
  const t = useT()
  const { id, count, items } = defect
  return (
    <details open={defect.severity === 'error'}>
      <summary>
        <span>{t(`defect.${id}`)}</span>
        <span className="num">{count}</span>
      </summary>
      <p>{t(`advice.${id}`)}</p>
      <ul>
        {items.map((item, n) => (
          <li key={n}>
            <Place id={id} item={item} {...at} />
          </li>
        ))}
      </ul>
      {items.length < count && (
        <p className="quiet">{t('selfCheck.cut', { count, shown: items.length })}</p>
      )}
    </details>
  )
}

function Place(props: { id: Defect['id']; item: DefectItem; prison: string; area: string }) {
  const { id, item, prison, area } = props
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const days = [item.day, item.until_day].filter((d, n, all) => d && all.indexOf(d) === n)
  const label = [
    item.ledger && names.ledger(item.ledger),
    item.period ? periodName(item.period, t) : days.join('–'),
  ]
  const beside = [item.person, text(item.note, lang), item.at && showTime(item.at)]
  return (
    <>
      <Link to={target(id, item, prison, area)}>{label.filter(Boolean).join(' ')}</Link>
      <span className="quiet"> {beside.filter(Boolean).join(' · ')}</span>
      {ofEntry.includes(id) && !item.entry && (
        <span className="quiet"> {t('selfCheck.unseen')}</span>
      )}
    </>
  )
}

/** The checks that lead to one entry, where the reader may read it. */
const ofEntry: Defect['id'][] = [
  'returned',
  'decision_overdue',
  'evidence_missing',
  'backfilled',
  'filed_late',
  'copied',
  'source_corrected',
  'branch_open',
  'claim_unverified',
  'draft_held',
  'void_undecided',
  'amendment_idle',
  'two_steps',
  'decision_soon',
  'draft_idle',
]

/** Where each of the others is put right; the rest is in the ledger's list of those days. */
const places: { [id in Defect['id']]?: (unit: string) => string } = {
  score_below: (unit) => `${unit}/score`,
  drift: (unit) => `${unit}/readiness`,
  ruling_ends: (unit) => `${unit}/readiness`,
  task_overdue: () => '/',
  rectification_overdue: () => '/rectifications',
  duty_due: () => '/',
  relief_undecided: () => '/reliefs',
  roster_missing: () => '/rosters',
}

function target(id: Defect['id'], item: DefectItem, prison: string, area: string): string {
  if (item.entry) return `/prisons/${prison}/entries/${item.entry}`
  const place = places[id]
  if (place) return place(`/prisons/${prison}/areas/${area}`)
  const query = new URLSearchParams({ area })
  if (item.day && id !== 'nil_only') {
    query.set('from', item.day)
    query.set('to', item.until_day ?? item.day)
  }
  return `/ledgers/${encodeURIComponent(item.ledger ?? '')}?${query}`
}
