import { useId } from 'react'
import { Link } from 'react-router'
import type { Paper, PaperLedger, PaperTally } from '../api/stewardship'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { Standing, share } from './Standing'

/** The address of the list of what a figure counts. */
export type To = (of: { state: string; area?: string; ledger?: string }) => string

interface Props {
  paper: Paper
  ledgers: PaperLedger[]
  to: To
}

/** Every ledger in every area that keeps it, with the share of each. */
export function PaperTable({ paper, ledgers, to }: Props) {
  const t = useT()
  const id = useId()
  const names = useNames()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the page is scrolled by keyboard
    <section className="wide-matrix" tabIndex={0} aria-labelledby={id}>
      <table className="plain">
        <caption id={id} className="sr-only">
          {t('paper.matrix')}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('paper.ledger')}</th>
            <th scope="col">
              {t('paper.total')}
              <Share of={paper.tally} to={(state) => to({ state })} />
            </th>
            <th scope="col">{t('paper.endsOn')}</th>
            {paper.areas.map((a) => (
              <th key={a.area} scope="col">
                {names.area(a.area)}
                <Share of={a.tally} to={(state) => to({ state, area: a.area })} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ledgers.map((l) => (
            <tr key={l.ledger}>
              <th scope="row">
                <Link to={`/ledgers/${l.ledger}`}>{names.ledger(l.ledger)}</Link>{' '}
                <span className="quiet">{names.department(l.owner)}</span>
                <Old of={l} />
              </th>
              <td>
                <Share of={l.tally} to={(state) => to({ state, ledger: l.ledger })} />
              </td>
              <td>{l.ends_on ?? '—'}</td>
              {paper.areas.map(({ area }) => {
                const cell = paper.cells.find((c) => c.area === area && c.ledger === l.ledger)
                return (
                  <td key={area}>
                    {cell && (
                      <Link to={to({ state: '', area, ledger: l.ledger })}>
                        <Standing of={cell} />
                      </Link>
                    )}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** So many electronic, so many off paper, of all: each opens what it counts. */
function Share({ of, to }: { of: PaperTally; to: (state: string) => string }) {
  const t = useT()
  return (
    <div className="shares">
      <Link to={to('electronic')}>
        {t('paper.electronic')} {share(of)}
      </Link>
      <Link to={to('ended')}>
        {t('paper.endedShort')} {of.ended}/{of.all}
      </Link>
    </div>
  )
}

function Old({ of }: { of: PaperLedger }) {
  const t = useT()
  const lang = useLang()
  return (
    <>
      {of.came && <div className="quiet">{t('paper.came', { day: of.came })}</div>}
      {of.old.length > 0 && (
        <details>
          <summary>
            {t('paper.old')} {of.old.length}
          </summary>
          {of.old.map((o) => (
            <div key={o.no} className="quiet">
              {o.no} {text(o.title, lang)}
            </div>
          ))}
        </details>
      )}
    </>
  )
}
