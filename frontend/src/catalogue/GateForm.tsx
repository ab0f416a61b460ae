import type { ProposalContent } from '../api/model'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'

export type Gate = NonNullable<ProposalContent['gate']>

/** The five answers without which nothing is added. */
export function GateForm(props: {
  gate: Gate
  ledgers: { id: string; title: { zh: string; en?: string } }[]
  change: (gate: Gate) => void
}) {
  const { gate, ledgers, change } = props
  const t = useT()
  const lang = useLang()
  const spare = gate.savings?.[0] ?? { ledger: '', minutes: 0, how: '' }
  const save = (part: Partial<typeof spare>) =>
    change({ ...gate, savings: [{ ...spare, ...part }] })
  const number = (value: string) => Math.max(0, Math.trunc(Number(value) || 0))
  return (
    <fieldset className="gate">
      <legend>{t('catalogue.gate')}</legend>
      <label>
        {t('catalogue.gateBasis')}
        <input value={gate.basis} onChange={(e) => change({ ...gate, basis: e.target.value })} />
      </label>
      <label>
        {t('catalogue.gatePurpose')}
        <input
          value={gate.purpose}
          onChange={(e) => change({ ...gate, purpose: e.target.value })}
        />
      </label>
      <label>
        {t('catalogue.gateNoOther')}
        <input
          value={gate.no_other}
          onChange={(e) => change({ ...gate, no_other: e.target.value })}
        />
      </label>
      <label>
        {t('catalogue.gateMinutes')}
        <input
          type="number"
          min={0}
          value={gate.minutes}
          onChange={(e) => change({ ...gate, minutes: number(e.target.value) })}
        />
      </label>
      <label>
        {t('catalogue.gatePerMonth')}
        <input
          type="number"
          min={0}
          value={gate.per_month}
          onChange={(e) => change({ ...gate, per_month: number(e.target.value) })}
        />
      </label>
      <label>
        {t('catalogue.gateSaveIn')}
        <select value={spare.ledger} onChange={(e) => save({ ledger: e.target.value })}>
          <option value="" />
          {ledgers.map((l) => (
            <option key={l.id} value={l.id}>
              {text(l.title, lang)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('catalogue.gateSaved')}
        <input
          type="number"
          min={0}
          value={spare.minutes}
          onChange={(e) => save({ minutes: number(e.target.value) })}
        />
      </label>
      <label>
        {t('catalogue.gateHow')}
        <input value={spare.how} onChange={(e) => save({ how: e.target.value })} />
      </label>
      <label>
        {t('catalogue.gateReview')}
        <input
          type="date"
          value={gate.review_on}
          onChange={(e) => change({ ...gate, review_on: e.target.value })}
        />
      </label>
    </fieldset>
  )
}
