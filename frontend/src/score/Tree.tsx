import { useState } from 'react'
import { Link } from 'react-router'
import type { IndicatorScore, LineScore, Loss, Ref, Sheet } from '../api/model'
import { useProof } from '../api/queries'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { Answers } from '../plans/Answers'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { StateTag } from '../ui/Status'
import { shown } from './decimal'

interface At {
  prison: string
  /** Absent where the sheet is of the prison as a whole: what proves it lies in many areas. */
  area?: string
  /** A team has confirmed it: where it recorded nothing it found nothing. */
  checked?: boolean
}

/** Where each lost point went: domain, indicator, line, and the very entry, day or finding. */
export function Tree({ sheet, ...at }: { sheet: Sheet } & At) {
  const t = useT()
  const lang = useLang()
  return (
    <div className="score-tree">
      {sheet.domains.map((domain) => (
        <details key={domain.id}>
          <summary>
            <span>{text(domain.title, lang)}</span>
            <Points score={domain.score} points={domain.points} deducted={domain.deducted} />
          </summary>
          {(domain.indicators ?? []).map((indicator) => (
            <Indicator
              key={indicator.code}
              indicator={indicator}
              standard={sheet.standard}
              {...at}
            />
          ))}
        </details>
      ))}
      <p className="quiet">{t('score.leaves', { sum: shown(sheet.deducted) })}</p>
      {sheet.carry && (
        <p className="quiet">
          {t('score.carry', {
            rate: shown(sheet.carry.rate),
            deductions: shown(sheet.carry.deductions),
            sum: shown(sheet.carry.deducted),
          })}
        </p>
      )}
      {shown(sheet.rescaled) !== '0' && (
        <p className="quiet">
          {t('score.rescaled', {
            points: shown(sheet.points),
            applies: shown(sheet.applicable_points),
            sum: shown(sheet.rescaled),
          })}
        </p>
      )}
    </div>
  )
}

function Points(props: { score: string; points: string; deducted: string }) {
  const lost = shown(props.deducted)
  return (
    <span className="num">
      {lost !== '0' && <span className="danger">−{lost}　</span>}
      {shown(props.score)} / {shown(props.points)}
    </span>
  )
}

function Indicator({ indicator, ...at }: { indicator: IndicatorScore; standard: string } & At) {
  const t = useT()
  const lang = useLang()
  const [open, setOpen] = useState(false)
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>
        <span>
          <span className="mono">{indicator.code}</span> {text(indicator.title, lang)}
          {indicator.former_veto && <span title={t('score.formerVeto')}> ⊘</span>}
          {!indicator.applies && <span className="status excused">{t('score.notApplicable')}</span>}
        </span>
        <Points score={indicator.score} points={indicator.points} deducted={indicator.deducted} />
      </summary>
      <p className="quiet">
        {text(indicator.criteria, lang)}{' '}
        <Answers
          prison={at.prison}
          kind="indicator"
          what={`${at.standard}/${indicator.code}`}
          area={at.area}
          quiet={shown(indicator.deducted) === '0'}
        />{' '}
        {at.area && (
          <Link to={`/prisons/${at.prison}/areas/${at.area}/proof?item=${indicator.code}`}>
            {t('score.proof')}
          </Link>
        )}
      </p>
      <ul>
        {(indicator.lines ?? []).map((line) => (
          <Line key={line.id} line={line} {...at} />
        ))}
      </ul>
      {open && at.area && <Basis code={indicator.code} prison={at.prison} area={at.area} />}
    </details>
  )
}

/** The newest entries that an indicator stands on, whether they cost anything or not. */
export function Basis({
  code,
  prison,
  area,
  none,
}: { code: string; none?: string } & Required<Pick<At, 'prison' | 'area'>>) {
  const t = useT()
  const names = useNames()
  const query = useProof(prison, area, code)
  const entries = query.data?.pages[0]?.entries ?? []
  if (entries.length === 0) return none && query.data ? <p className="quiet">{none}</p> : null
  return (
    <>
      <h4>{t('score.basis')}</h4>
      <ul className="basis">
        {entries.map((entry) => (
          <li key={entry.id}>
            <Link to={`/prisons/${prison}/entries/${entry.id}`}>
              {names.ledger(entry.ledger)} {showTime(entry.occurred_at)}
            </Link>{' '}
            <StateTag state={entry.state} />
          </li>
        ))}
      </ul>
    </>
  )
}

function Line({ line, ...at }: { line: LineScore } & At) {
  const t = useT()
  const lang = useLang()
  return (
    <li>
      {text(line.title, lang)}{' '}
      {line.state === 'not_checked' && (
        <span className="status unchecked">
          {t(at.checked ? 'score.nothingFound' : 'score.notChecked')}
        </span>
      )}
      {line.state === 'met' && <span className="status approved">{t('looks.metBy')}</span>}
      {line.state === 'not_applicable' && (
        <span className="status excused">{t('score.notApplicable')}</span>
      )}
      {shown(line.deducted) !== '0' && <strong className="danger"> −{shown(line.deducted)}</strong>}
      {line.override && (
        <p className="quiet">
          {t('score.overridden', {
            computed: shown(line.override.computed),
            amount: shown(line.override.amount),
            reason: line.override.reason,
          })}
        </p>
      )}
      <ul>
        {(line.losses ?? []).map((loss, index) => (
          <Leaf key={index} loss={loss} {...at} />
        ))}
      </ul>
    </li>
  )
}

function Leaf({ loss, ...at }: { loss: Loss } & At) {
  const t = useT()
  return (
    <li>
      <span className="danger">−{shown(loss.deducted)}</span> {loss.day} {loss.note}{' '}
      {loss.counted_in && (
        <span className="quiet">{t('score.countedIn', { line: loss.counted_in })}</span>
      )}
      {(loss.refs ?? []).map((ref) => (
        <RefLink key={ref.kind + ref.id} item={ref} prison={at.prison} />
      ))}
    </li>
  )
}

/** What a point was lost for: an entry to open, or what else it was. */
export function RefLink({ item, prison }: { item: Ref; prison: string }) {
  const t = useT()
  const label = `${t(`score.ref_${item.kind}`)} ${item.day ?? item.id.slice(-8)}`
  if (item.kind !== 'entry') return <span className="ref">{label}</span>
  return (
    <Link className="ref" to={`/prisons/${prison}/entries/${item.id}`}>
      {label}
    </Link>
  )
}
