import type { PaperCell, PaperTally } from '../api/stewardship'
import { showTime } from '../form/time'
import { useT } from '../i18n'

export const states = ['paper', 'dual', 'ended'] as const

const looks = { paper: 'overdue', dual: 'submitted', ended: 'approved' } as const

/** How a ledger is kept, and from when. */
export function Standing({ of }: { of: PaperCell }) {
  const t = useT()
  return (
    <>
      <span className={`status ${looks[of.state]}`}>{t(`paper.${of.state}`)}</span>
      {of.state === 'ended' && <div className="quiet">{of.since}</div>}
      {of.ahead && (
        <div className="quiet">
          {t('paper.ahead', { day: of.ahead.from_day, state: t(`paper.${of.ahead.state}`) })}
        </div>
      )}
      {of.waits && <div className="status submitted">{t('paper.waits')}</div>}
    </>
  )
}

/** All that was declared of a ledger in an area, the newest first. */
export function Acts({ of }: { of: PaperCell }) {
  const t = useT()
  if (of.acts.length === 0) return <>—</>
  return (
    <>
      {of.acts.map((d) => (
        <div key={d.n}>
          {t('paper.ahead', { day: d.from_day, state: t(`paper.${d.state}`) })}
          {d.reason && ` · ${d.reason}`}{' '}
          <span className="quiet">
            {t('paper.by', { name: d.author_name, at: showTime(d.recorded_at) })}
            {' · '}
            {d.verdict
              ? `${t(`paper.verdict_${d.verdict.verdict}`)} ${t('paper.by', { name: d.verdict.by_name, at: showTime(d.verdict.recorded_at) })}${d.verdict.comment ? ` · ${d.verdict.comment}` : ''}`
              : t('paper.waits')}
          </span>
        </div>
      ))}
    </>
  )
}

/** The exact share: so many of so many. */
export const share = (of: PaperTally) => `${of.electronic}/${of.all}`

/** Whether a figure of that name counts the cell. */
export function counts(figure: string, of: PaperCell): boolean {
  if (figure === 'electronic') return of.state !== 'paper'
  if (figure === 'waits') return of.waits !== undefined
  return figure === '' || figure === of.state
}
