import type { PlanVersion, PlanYear } from '../api/plans'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useUnitIn } from './words'

/** What a version says, and what is otherwise than in the one before; than what is in force, while it waits. */
export function Said({ plan, version }: { plan: PlanYear; version: PlanVersion }) {
  const t = useT()
  const lang = useLang()
  const unitIn = useUnitIn(plan.prison)
  const than = version.decision ? version.version - 1 : plan.in_force
  const before = plan.versions.find((p) => p.version === than)
  const keyOf = (m: PlanVersion['marks'][number]) => `${m.area ?? ''} ${m.level} ${m.state}`
  const old = new Map(before?.marks.map((m) => [keyOf(m), m.month]))
  const titles = new Map(
    plan.roads.flatMap((r) => r.steps.map((s) => [s.state, text(s.title, lang)] as const)),
  )
  const said = (m: PlanVersion['marks'][number]) => {
    const month = t('plans.month', { n: m.month })
    if (!before) return month
    const was = old.get(keyOf(m))
    if (was === undefined) return `${month} ${t('plans.new')}`
    return was === m.month ? month : `${month} ${t('plans.was', { n: was })}`
  }
  const dropped = before?.marks.filter((m) => !version.marks.some((x) => keyOf(x) === keyOf(m)))
  const units = [...new Set(version.marks.map((m) => m.area ?? ''))]
  return (
    <>
      <p className="quiet">
        {version.author_name} {showTime(version.recorded_at)}
        {version.reason && ` · ${t('plans.reason')}: ${version.reason}`}
      </p>
      <ul>
        {units.map((u) => (
          <li key={u}>
            {unitIn(u || undefined)}
            {t('marks.colon')}
            {version.marks
              .filter((m) => (m.area ?? '') === u)
              .map((m) => `${titles.get(m.state) ?? m.state} ${said(m)}`)
              .join(t('marks.clause'))}
          </li>
        ))}
        {dropped?.map((m) => (
          <li key={keyOf(m)}>
            <s>
              {unitIn(m.area)}: {titles.get(m.state) ?? m.state} {t('plans.month', { n: m.month })}
            </s>
          </li>
        ))}
      </ul>
    </>
  )
}
