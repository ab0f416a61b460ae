import type { CaseTimer } from '../api/cases'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'

const tones = { ahead: 'draft', open: 'submitted', overdue: 'overdue' } as const

/** What is due of a case, and how it stands. */
export function Timers({ list }: { list: CaseTimer[] }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  return list.map((x) => (
    <span key={`${x.timer} ${x.department ?? ''}`} className={`status ${tones[x.mark]}`}>
      {t(`cases.mark_${x.mark}`, {
        title: `${text(x.title, lang)}${x.department ? ` ${names.office(x.department)}` : ''}`,
        on: x.on,
      })}
    </span>
  ))
}
