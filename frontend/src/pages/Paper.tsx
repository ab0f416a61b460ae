import { Link, useParams } from 'react-router'
import { usePrison } from '../api/queries'
import { type Paper as Data, usePaper, useProvincePaper } from '../api/stewardship'
import { PageTabs } from '../app/PageTabs'
import { useLang, useT } from '../i18n'
import { num, Table } from '../overview/Table'
import { text } from '../schema/types'
import { DeclareForm } from '../stewardship/DeclareForm'
import { holds, useFilter } from '../stewardship/filter'
import { PaperTable, type To } from '../stewardship/PaperTable'
import { Acts, counts, Standing, share, states } from '../stewardship/Standing'
import { Waiting } from '../stewardship/Waiting'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import '../calendar/calendar.css'
import '../stewardship/stewardship.css'

const filters = ['q', 'state', 'area', 'ledger'] as const

/** Which ledgers are still kept on paper, area by area, and when that ends. */
export default function Paper() {
  const t = useT()
  const names = useNames()
  const own = usePrison()
  const { prison = own } = useParams()
  return (
    <>
      <PageTitle title={t('paper.title')} beside={names.prison(prison)} />
      <PageTabs of="/consolidation" />
      <p className="quiet">{t('paper.about')}</p>
      <Ready query={usePaper(prison)}>{(data) => <Whole paper={data} />}</Ready>
      <Province />
    </>
  )
}

function Whole({ paper }: { paper: Data }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const { now, to, set } = useFilter(filters)
  const open: To = ({ state, area = '', ledger = '' }) => to({ state, area, ledger })
  const ledgers = paper.ledgers.filter((l) =>
    holds(
      [names.ledger(l.ledger), ...l.old.map((o) => `${o.no} ${text(o.title, lang)}`)].join(' '),
      now.q,
    ),
  )
  return (
    <>
      <ul className="panel figures">
        <li>
          <Link to={open({ state: 'electronic' })}>
            {t('paper.electronic')} <strong>{share(paper.tally)}</strong>
          </Link>
        </li>
        {[...states, 'waits' as const].map((s) => (
          <li key={s}>
            <Link to={open({ state: s })}>
              {t(`paper.${s}`)} <strong>{paper.tally[s]}</strong>
            </Link>
          </li>
        ))}
      </ul>
      <DeclareForm paper={paper} />
      <Waiting paper={paper} />
      <List
        paper={paper}
        state={now.state}
        area={now.area}
        ledger={now.ledger}
        close={to({ state: '', area: '', ledger: '' })}
      />
      <section className="panel" aria-labelledby="paper-matrix">
        <h2 id="paper-matrix">{t('paper.matrix')}</h2>
        <p className="calendar-tools">
          <label>
            {t('paper.search')}{' '}
            <input
              type="search"
              defaultValue={now.q}
              onChange={(e) => set({ q: e.target.value })}
            />
          </label>
        </p>
        {ledgers.length === 0 ? (
          <Empty>{t('paper.listNone')}</Empty>
        ) : (
          <PaperTable paper={paper} ledgers={ledgers} to={open} />
        )}
      </section>
    </>
  )
}

/** What a figure counts, with all that was declared of it. */
function List(props: { paper: Data; state: string; area: string; ledger: string; close: string }) {
  const { paper, state, area, ledger, close } = props
  const t = useT()
  const names = useNames()
  if (!state && !area && !ledger) return null
  const cells = paper.cells.filter(
    (c) => counts(state, c) && (!area || c.area === area) && (!ledger || c.ledger === ledger),
  )
  const said = [...states, 'electronic' as const, 'waits' as const].find((s) => s === state)
  const head = [
    said && t(`paper.${said}`),
    area && names.area(area),
    ledger && names.ledger(ledger),
  ].filter(Boolean)
  return (
    <section className="panel table-scroll" aria-labelledby="paper-list">
      <h2 id="paper-list">
        {t('paper.list')}
        {t('marks.colon')}
        {head.join(' · ')} {cells.length}
      </h2>
      <p>
        <Link to={close}>{t('paper.clear')}</Link>
      </p>
      {cells.length === 0 ? (
        <Empty>{t('paper.listNone')}</Empty>
      ) : (
        <Table
          head={[
            t('paper.area'),
            t('paper.ledger'),
            t('paper.state'),
            t('paper.since'),
            t('paper.acts'),
          ]}
        >
          {cells.map((c) => (
            <tr key={`${c.area} ${c.ledger}`}>
              <td>{names.area(c.area)}</td>
              <th scope="row">
                <Link to={`/ledgers/${c.ledger}`}>{names.ledger(c.ledger)}</Link>
              </th>
              <td>
                <Standing of={c} />
              </td>
              <td>{c.since ?? t('paper.sinceNone')}</td>
              <td>
                <Acts of={c} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  )
}

/** Prison by prison, for those who see more than one. */
function Province() {
  const t = useT()
  const names = useNames()
  const prisons = useProvincePaper().data?.prisons ?? []
  if (prisons.length < 2) return null
  return (
    <section className="panel table-scroll" aria-labelledby="paper-province">
      <h2 id="paper-province">{t('paper.province')}</h2>
      <Table
        head={[
          t('paper.prison'),
          num(t('paper.electronic')),
          num(t('paper.paper')),
          num(t('paper.dual')),
          num(t('paper.ended')),
          num(t('paper.waits')),
        ]}
      >
        {prisons.map((p) => (
          <tr key={p.prison}>
            <th scope="row">
              <Link to={`/prisons/${p.prison}/paper`}>{names.prison(p.prison)}</Link>
            </th>
            <td className="num">
              <Link to={`/prisons/${p.prison}/paper?state=electronic`}>{share(p.tally)}</Link>
            </td>
            {[...states, 'waits' as const].map((s) => (
              <td key={s} className="num">
                <Link to={`/prisons/${p.prison}/paper?state=${s}`}>{p.tally[s]}</Link>
              </td>
            ))}
          </tr>
        ))}
      </Table>
    </section>
  )
}
