import { useState } from 'react'
import type { BulletinMarks, BulletinUnit, DrawnBulletin, IssuedBulletin } from '../api/bulletins'
import { useLang, useT } from '../i18n'
import { Figure } from '../overview/Figure'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { useLevel } from './words'
import './cases.css'

const tones = { added: 'approved', removed: 'voided', changed: 'warning' }
const kinds = ['ordinary', 'functional', 'prison'] as const

/** What is shown of the units: a figure opens those that it counts. */
interface Only {
  kind?: string
  level?: string
}

/** What a bulletin says, with the marks of what is otherwise than in the issue before. */
export function BulletinText({ of }: { of: DrawnBulletin | IssuedBulletin }) {
  const t = useT()
  const level = useLevel()
  const ended = useEnded()
  const { marks } = of
  const [only, choose] = useState<Only>({})
  const figure = (what: Only, said: string) => (
    <Figure
      key={said}
      open={only.kind === what.kind && only.level === what.level}
      onOpen={() => choose(what)}
    >
      {said}
    </Figure>
  )
  const among = (units: BulletinUnit[]) =>
    units.filter(
      (u) => (!only.kind || u.kind === only.kind) && (!only.level || u.level === only.level),
    )
  return (
    <>
      <p className="case-facts">
        {figure({}, t('bulletins.counts', { units: of.counts.units }))}
        {kinds
          .filter((k) => of.counts.kinds[k])
          .map((k) =>
            figure({ kind: k }, t(`bulletins.kind_${k}`, { n: of.counts.kinds[k] ?? 0 })),
          )}
        {Object.entries(of.counts.levels).map(([l, n]) =>
          figure({ level: l }, t('bulletins.levelCount', { level: level(l), n })),
        )}
      </p>
      {of.batches.map((b) => {
        const mark = marks?.batches.find((m) => m.batch === b.batch)
        return (
          <section key={b.batch} className="panel table-scroll">
            <h2>
              {t('bulletins.batchNo', { n: b.batch })} {mark && <Mark change={mark.change} />}
            </h2>
            <p>
              {t('bulletins.of', {
                level: level(b.level),
                closes: b.closes_on,
                from: b.from,
                to: b.to,
              })}{' '}
              {mark?.before && (
                <del>
                  {t('bulletins.wasBatch', {
                    level: level(mark.before.level),
                    closes: mark.before.closes_on,
                    from: mark.before.from,
                    to: mark.before.to,
                  })}
                </del>
              )}
            </p>
            <Units units={among(b.units)} marks={marks} none={t('bulletins.emptyBatch')} />
          </section>
        )
      })}
      {of.waiting.length > 0 && (
        <section className="panel table-scroll">
          <h2>{t('bulletins.waiting')}</h2>
          <Units units={among(of.waiting)} marks={marks} none="" />
        </section>
      )}
      {of.revoked.length > 0 && (
        <section className="panel">
          <h2>{t('bulletins.revoked')}</h2>
          <ul>
            {of.revoked.map((r) => (
              <li key={r.title}>
                {ended(r)}{' '}
                {marks?.revoked.some((m) => m.title.title === r.title && m.change === 'added') && (
                  <Mark change="added" />
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {marks && <Gone marks={marks} />}
    </>
  )
}

function Mark({ change }: { change: keyof typeof tones }) {
  const t = useT()
  return <span className={`status ${tones[change]}`}>{t(`bulletins.${change}`)}</span>
}

/** How a title that was revoked is said. */
function useEnded() {
  const t = useT()
  const lang = useLang()
  return (r: DrawnBulletin['revoked'][number]) =>
    t('bulletins.revokedRow', {
      name: text(r.name, lang),
      wording: r.wording,
      day: r.on_day,
      no: r.document_no,
    })
}

/** The name of a place in a bulletin: a batch, or none yet. */
function usePlace() {
  const t = useT()
  return (n: number | undefined) => (n ? t('bulletins.batchNo', { n }) : t('bulletins.waiting'))
}

function Units(props: { units: BulletinUnit[]; marks: BulletinMarks | undefined; none: string }) {
  const t = useT()
  const lang = useLang()
  const level = useLevel()
  const place = usePlace()
  if (props.units.length === 0) return <p className="quiet">{props.none}</p>
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t('bulletins.unit')}</th>
          <th scope="col">{t('bulletins.kind')}</th>
          <th scope="col">{t('bulletins.level')}</th>
        </tr>
      </thead>
      <tbody>
        {props.units.map((u) => {
          const mark = props.marks?.units.find((m) => m.unit.case === u.case)
          return (
            <tr key={u.case}>
              <td>
                {text(u.name, lang)} {mark && <Mark change={mark.change} />}{' '}
                {mark?.change === 'changed' && mark.from !== mark.to && (
                  <span className="quiet">
                    {t('bulletins.moved', { from: place(mark.from), to: place(mark.to) })}
                  </span>
                )}
              </td>
              <td>{t(`bulletins.kindName_${u.kind}`)}</td>
              <td>{level(u.level)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** What stood in the issue before and stands here no more, and to whom else it is sent. */
function Gone({ marks }: { marks: BulletinMarks }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const ended = useEnded()
  const place = usePlace()
  const units = marks.units.filter((m) => m.change === 'removed')
  const batches = marks.batches.filter((m) => m.change === 'removed')
  const revoked = marks.revoked.filter((m) => m.change === 'removed')
  if (units.length + batches.length + revoked.length + marks.to.length === 0) return null
  return (
    <section className="panel">
      <h2>{t('bulletins.marks', { n: marks.against })}</h2>
      <ul>
        {batches.map((m) => (
          <li key={m.batch}>
            <del>{t('bulletins.batchNo', { n: m.batch })}</del> <Mark change="removed" />
          </li>
        ))}
        {units.map((m) => (
          <li key={m.unit.case}>
            <del>
              {text(m.unit.name, lang)}
              {t('marks.aside', { of: place(m.from) })}
            </del>{' '}
            <Mark change="removed" />
          </li>
        ))}
        {revoked.map((m) => (
          <li key={m.title.title}>
            <del>{ended(m.title)}</del> <Mark change="removed" />
          </li>
        ))}
        {marks.to.map((m) => (
          <li key={m.department}>
            {t('bulletins.sentTo', { department: names.office(m.department) })}{' '}
            <Mark change={m.change} />
          </li>
        ))}
      </ul>
    </section>
  )
}
