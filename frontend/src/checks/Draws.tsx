import { useState } from 'react'
import { Link } from 'react-router'
import {
  type Drawing,
  type DrawnItem,
  drawLots,
  markDrawn,
  rosterUrl,
  useDraws,
  type WholeCheck,
} from '../api/checks'
import { now } from '../api/clock'
import { showTime, today } from '../form/time'
import { useT } from '../i18n'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { Ready } from '../ui/States'
import { ActForm } from './ActForm'
import { Calibrated, DoubleLine } from './Doubles'
import { lotKinds, marksOf } from './words'

interface Props {
  prison: string
  check: WholeCheck
}

/**
 * Who is asked, what is looked back at and which lines are scored twice, drawn by lot; whoever doubts it draws
 * the same again.
 */
export function Draws({ prison, check, lines }: Props & { lines: Map<string, string> }) {
  const t = useT()
  return (
    <section className="panel" aria-labelledby="check-draws">
      <h2 id="check-draws">{t('draws.title')}</h2>
      <Ready query={useDraws(prison, check.id)}>
        {({ draws, may_draw, may_double, calibration }) => (
          <>
            {draws.length === 0 && <p className="quiet">{t('draws.none')}</p>}
            {calibration && (
              <p>
                {t('doubles.calibration')}
                {t('marks.colon')}
                <Calibrated of={calibration} />
              </p>
            )}
            {draws.map((d) => (
              <One key={d.id} prison={prison} check={check.id} draw={d} lines={lines} />
            ))}
            {may_draw && (
              <Draw
                prison={prison}
                check={check}
                kinds={may_double ? [...lotKinds, 'lines'] : [...lotKinds]}
              />
            )}
          </>
        )}
      </Ready>
    </section>
  )
}

/** How many items have each result. */
export function useTally() {
  const t = useT()
  return (d: Drawing) => {
    if (d.kind === 'lines')
      return t('doubles.tally', { n: d.drawn.filter((x) => x.double?.said === 2).length, of: d.n })
    const of = (result: string) => d.drawn.filter((x) => x.mark?.result === result).length
    const open = d.drawn.filter((x) => !x.mark).length
    return [
      ...marksOf(d.kind).map((r) => `${t(`draws.results.${r}`)} ${of(r)}`),
      `${t('draws.unmarked')} ${open}`,
    ].join(' · ')
  }
}

function One(props: { prison: string; check: string; draw: Drawing; lines: Map<string, string> }) {
  const { prison, check, draw: d, lines } = props
  const t = useT()
  const tally = useTally()
  const sealed = d.drawn.length < d.n
  return (
    <article aria-label={t('draws.no', { no: d.no })}>
      <h3>
        {t('draws.no', { no: d.no })} {t(`draws.kinds.${d.kind}`)}{' '}
        {t('draws.nOf', { n: d.n, of: d.of })}
      </h3>
      <p className="quiet">
        {d.by} {showTime(d.recorded_at)} · {sealed ? t('draws.sealed') : tally(d)}
        {d.reason && ` · ${t('draws.again', { reason: d.reason })}`}
      </p>
      <ol className={d.kind === 'lines' ? 'doubles' : 'drawn'}>
        {d.drawn.map((x) =>
          x.double ? (
            <DoubleLine
              key={x.item}
              prison={prison}
              check={check}
              draw={d.id}
              line={x.item}
              title={lines.get(x.item) ?? x.item}
              of={x.double}
            />
          ) : (
            <Item key={x.item} prison={prison} check={check} draw={d} of={x} />
          ),
        )}
      </ol>
      <details>
        <summary>{t('draws.prove')}</summary>
        <p>{t('draws.proveMeans')}</p>
        <dl>
          <dt>{t('draws.roster')}</dt>
          <dd>
            {/* Of lines it would tell what was drawn before. */}
            {!(sealed && d.kind === 'lines') && (
              <a href={rosterUrl(prison, check, d.id)} download="roster.txt">
                roster.txt
              </a>
            )}{' '}
            <code>{d.digest}</code>
          </dd>
          <dt>{t('draws.word')}</dt>
          <dd>{d.word}</dd>
          {!sealed && (
            <>
              <dt>{t('draws.chance')}</dt>
              <dd>
                <code>{d.chance}</code>
              </dd>
              <dt>{t('draws.seed')}</dt>
              <dd>
                <code>{d.seed}</code>
              </dd>
            </>
          )}
          <dt>{t('draws.algorithm')}</dt>
          <dd>
            <code>{d.algorithm}</code>
          </dd>
        </dl>
        {!sealed && <pre>{recipe(d)}</pre>}
      </details>
    </article>
  )
}

/** One of those drawn; each is marked by itself, for the next is asked while the last is on its way. */
function Item(props: { prison: string; check: string; draw: Drawing; of: DrawnItem }) {
  const { prison, check, draw: d, of: x } = props
  const t = useT()
  const { busy, problems, run } = useAct()
  const mark = (result: string) =>
    void run((key) =>
      markDrawn(
        prison,
        check,
        d.id,
        { item: x.item, result: result as 'right', seen: x.mark?.n ?? 0 },
        key,
      ),
    )
  return (
    <li>
      {d.kind === 'slots' ? <Link to={logOf(d, x.item)}>{x.item}</Link> : x.item} {x.name}{' '}
      {d.may_mark ? (
        // Buttons, never disabled: a mark is kept for good, so none is made on the way to
        // another, and the focus stays for the next one.
        <fieldset
          className="results"
          aria-label={t('draws.resultOf', { item: x.item })}
          aria-busy={busy}
        >
          {marksOf(d.kind).map((r) => (
            <button
              key={r}
              type="button"
              aria-pressed={x.mark?.result === r}
              onClick={() => !busy && x.mark?.result !== r && mark(r)}
            >
              {t(`draws.results.${r}`)}
            </button>
          ))}
        </fieldset>
      ) : (
        <span className="quiet">
          {x.mark ? t(`draws.results.${x.mark.result}`) : t('draws.unmarked')}
        </span>
      )}
      <Problems list={problems} />
    </li>
  )
}

/** The duty log of the day of a slot, to be held against the video. */
const logOf = (d: Drawing, item: string) => {
  const day = item.slice(0, 10)
  return `/ledgers/duty-log?area=${d.area ?? ''}&from=${day}&to=${day}`
}

/** What draws the same again, with what every system has. */
const recipe = (d: Drawing) =>
  [
    'sha256sum roster.txt',
    `printf '%s\\n' ${d.chance} '${d.word.replaceAll("'", `'\\''`)}' ${d.digest} | sha256sum`,
    `while read -r i; do printf '%s %s\\n' "$(printf %s "$i" | openssl dgst -sha256 -hmac ${d.seed} -r | cut -c1-64)" "$i"; done < roster.txt | sort | head -n ${d.drawn.length} | cut -d' ' -f2-`,
  ].join('\n')

function Draw({ prison, check, kinds }: Props & { kinds: Drawing['kind'][] }) {
  const t = useT()
  const [kind, setKind] = useState<Drawing['kind']>('prisoners')
  const day = today(now())
  return (
    <ActForm
      label={t('draws.draw')}
      done={t('draws.drawn')}
      say={(typed, key) =>
        drawLots(
          prison,
          check.id,
          {
            kind,
            ...(check.area ? { area: check.area } : {}),
            n: Number(typed('n')),
            word: typed('word'),
            reason: typed('reason'),
            ...(kind === 'slots' && {
              cameras: typed('cameras').split('\n').filter(Boolean),
              from_day: typed('from'),
              to_day: typed('to'),
            }),
          },
          key,
        )
      }
    >
      <label>
        {t('draws.kind')}
        <select value={kind} onChange={(e) => setKind(e.target.value as Drawing['kind'])}>
          {kinds.map((k) => (
            <option key={k} value={k}>
              {t(`draws.kinds.${k}`)}
            </option>
          ))}
        </select>
        {kind === 'lines' && <small className="quiet">{t('doubles.means')}</small>}
      </label>
      <label>
        {t('draws.n')}
        <input
          key={kind}
          type="number"
          name="n"
          required
          min={1}
          max={200}
          defaultValue={kind === 'lines' ? 5 : 20}
        />
      </label>
      <label>
        {t('draws.word')}
        <input name="word" required maxLength={40} />
        <small className="quiet">{t('draws.wordMeans')}</small>
      </label>
      {kind === 'slots' && (
        <>
          <label className="wide">
            {t('draws.cameras')}
            <textarea name="cameras" required rows={3} />
          </label>
          <label>
            {t('draws.from')}
            <input type="date" name="from" required max={day} />
          </label>
          <label>
            {t('draws.to')}
            <input type="date" name="to" required max={day} />
          </label>
        </>
      )}
      <label className="wide">
        {t('draws.reason')}
        <input name="reason" maxLength={500} />
      </label>
    </ActForm>
  )
}
