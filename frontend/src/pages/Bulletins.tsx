import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { BulletinText } from '../accreditation/BulletinText'
import { useLevel } from '../accreditation/words'
import {
  type BulletinBoard,
  bulletinPaperUrl,
  type DrawnBulletin,
  issueBulletin,
  type PlannedBatch,
  planBatch,
  useBulletins,
  useDraft,
} from '../api/bulletins'
import { now } from '../api/clock'
import { showTime, today } from '../form/time'
import { useT } from '../i18n'
import { Figure } from '../overview/Figure'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { Day, Say } from '../together/Say'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import { toast } from '../ui/toast'

/** The issues of the annual bulletin, the batches behind them, and the next issue as it writes itself. */
export default function Bulletins() {
  const t = useT()
  return (
    <>
      <PageTitle title={t('bulletins.title')} />
      <Ready query={useBulletins()}>
        {(board) => (
          <>
            <Issues board={board} />
            <Batches board={board} />
            {board.may_announce && <Drafts board={board} />}
          </>
        )}
      </Ready>
    </>
  )
}

function Issues({ board }: { board: BulletinBoard }) {
  const t = useT()
  if (board.issues.length === 0) return <Empty>{t('bulletins.none')}</Empty>
  return (
    <section className="panel table-scroll" aria-labelledby="bulletin-issues">
      <h2 id="bulletin-issues">{t('bulletins.issues')}</h2>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('bulletins.issue')}</th>
            <th scope="col">{t('bulletins.issuedAt')}</th>
            <th scope="col">{t('bulletins.by')}</th>
            <th scope="col" className="num">
              {t('bulletins.units')}
            </th>
            <th scope="col" className="num">
              {t('bulletins.acks')}
            </th>
            <th scope="col">{t('bulletins.state')}</th>
          </tr>
        </thead>
        <tbody>
          {board.issues.map((x) => (
            <tr key={`${x.year} ${x.issue}`}>
              <td>
                <Link to={`/bulletins/${x.year}/${x.issue}`}>
                  {t('bulletins.issueOf', { year: x.year, issue: x.issue })}
                </Link>{' '}
                <a
                  href={bulletinPaperUrl(x.year, x.issue)}
                  target="_blank"
                  rel="noreferrer"
                  aria-label={t('bulletins.paperOf', { year: x.year, issue: x.issue })}
                >
                  PDF
                </a>
              </td>
              <td>{showTime(x.issued_at)}</td>
              <td>{x.by}</td>
              <td className="num">
                <Figure to={`/bulletins/${x.year}/${x.issue}`}>{x.counts.units}</Figure>
              </td>
              <td className="num">
                <Figure to={`/bulletins/${x.year}/${x.issue}?acks=show`}>
                  {t('bulletins.ackOf', {
                    done: x.acks.filter((a) => a.at).length,
                    of: x.acks.length,
                  })}
                </Figure>
              </td>
              <td>
                <span className={`status ${x.newest ? 'approved' : 'voided'}`}>
                  {t(x.newest ? 'bulletins.newest' : 'bulletins.replaced')}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Batches({ board }: { board: BulletinBoard }) {
  const t = useT()
  const level = useLevel()
  return (
    <section className="panel table-scroll" aria-labelledby="bulletin-batches">
      <h2 id="bulletin-batches">{t('bulletins.batches')}</h2>
      {board.batches.length === 0 ? (
        <p className="quiet">{t('bulletins.noBatches')}</p>
      ) : (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('bulletins.year')}</th>
              <th scope="col">{t('bulletins.batch')}</th>
              <th scope="col">{t('bulletins.level')}</th>
              <th scope="col">{t('bulletins.closesOn')}</th>
              <th scope="col">{t('bulletins.window')}</th>
            </tr>
          </thead>
          <tbody>
            {board.batches.map((b) => (
              <tr key={`${b.year} ${b.batch}`}>
                <td>{b.year}</td>
                <td>
                  {t('bulletins.batchNo', { n: b.batch })}
                  {board.may_announce && <Plan batch={b} />}
                </td>
                <td>{level(b.level)}</td>
                <td>{b.closes_on}</td>
                <td>{t('bulletins.term', { from: b.from, until: b.to })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {board.may_announce && <Plan />}
    </section>
  )
}

const levels = ['area', 'standard', 'demonstration']

/** A batch that is planned, or changed: its year, number and level stay. */
function Plan({ batch }: { batch?: PlannedBatch }) {
  const t = useT()
  const level = useLevel()
  const day = today(now())
  return (
    <Say
      key={batch?.n}
      label={t(batch ? 'bulletins.change' : 'bulletins.plan')}
      of={batch && `${batch.year} ${t('bulletins.batchNo', { n: batch.batch })}`}
      send={(typed, key) =>
        planBatch(
          {
            year: batch?.year ?? Number(typed('year')),
            batch: batch?.batch ?? Number(typed('batch')),
            n: batch?.n ?? 0,
            level: batch?.level ?? typed('level'),
            closes_on: typed('closes'),
            from: typed('from'),
            to: typed('to'),
          },
          key,
        )
      }
    >
      {!batch && (
        <>
          <label>
            {t('bulletins.year')}
            <input type="number" name="year" required defaultValue={day.slice(0, 4)} />
          </label>
          <label>
            {t('bulletins.batch')}
            <input type="number" name="batch" required min={1} max={99} defaultValue={1} />
          </label>
          <label>
            {t('bulletins.level')}
            <select name="level">
              {levels.map((l) => (
                <option key={l} value={l}>
                  {level(l)}
                </option>
              ))}
            </select>
          </label>
        </>
      )}
      <Day name="closes" label={t('bulletins.closesOn')} day={batch?.closes_on ?? day} />
      <Day name="from" label={t('bulletins.windowFrom')} day={batch?.from ?? day} />
      <Day name="to" label={t('bulletins.windowTo')} day={batch?.to ?? day} />
    </Say>
  )
}

function Drafts({ board }: { board: BulletinBoard }) {
  const t = useT()
  const [year, setYear] = useState(board.years[0] ?? 0)
  return (
    <>
      <label>
        {t('bulletins.year')}{' '}
        <select value={year} onChange={(e) => setYear(Number(e.target.value))}>
          {board.years.map((y) => (
            <option key={y} value={y}>
              {y}
            </option>
          ))}
        </select>
      </label>
      <Ready query={useDraft(year, year > 0)}>{(draft) => <Draft draft={draft} />}</Ready>
    </>
  )
}

function Draft({ draft }: { draft: DrawnBulletin }) {
  const t = useT()
  const { busy, problems, run } = useAct()
  const send = async () => {
    if (await run((key) => issueBulletin(draft, key))) toast(t('bulletins.issued'))
  }
  return (
    <section aria-labelledby="bulletin-draft">
      <h2 id="bulletin-draft">{t('bulletins.draft', { year: draft.year, issue: draft.issue })}</h2>
      <p className="quiet">{t('bulletins.draftMeans')}</p>
      <BulletinText of={draft} />
      <Problems list={problems} />
      {draft.may_issue ? (
        <Button type="primary" loading={busy} onClick={() => void send()}>
          {t('bulletins.doIssue', { issue: draft.issue })}
        </Button>
      ) : (
        <p className="quiet">{t('bulletins.noIssue')}</p>
      )}
    </section>
  )
}
