import { type ReactNode, useId } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { ProblemError } from '../api/problem'
import { type StandardComparison, useComparison, useStandardName } from '../api/standards'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { type Difference, useDifferences } from '../standards/differences'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import NotFound from './NotFound'
import '../standards/compare.css'

/** Two versions side by side: what changed, in words; what stays the same is left out. */
export default function StandardCompare() {
  const t = useT()
  const { standard = '' } = useParams()
  const name = useStandardName()
  const [asked] = useSearchParams()
  const from = Number(asked.get('from'))
  const to = Number(asked.get('to'))
  const query = useComparison(standard, from, to)
  const missing = query.error instanceof ProblemError && query.error.status === 404
  if (missing || !(from > 0 && to > 0)) return <NotFound />
  return (
    <>
      <PageTitle title={t('standards.comparing', { standard: name(standard), from, to })}>
        {to === from + 1 && (
          <Link to={`/standards/${standard}/v/${to}/mapping`}>{t('mapping.open')}</Link>
        )}
      </PageTitle>
      <Ready query={query}>{(of) => <Compared of={of} />}</Ready>
    </>
  )
}

function Compared({ of }: { of: StandardComparison }) {
  const t = useT()
  const differences = useDifferences()
  const moved = of.indicators.filter((i) => i.change !== 'same')
  const whole = differences('head', of.before, of.after)
  return (
    <div className="compare">
      {of.by_codes.map((span) => (
        <p key={span.from} className="quiet">
          {t('standards.byCodes', span)}
        </p>
      ))}
      {whole.length > 0 && (
        <section className="panel" aria-labelledby="itself">
          <h2 id="itself">{t('standards.itself')}</h2>
          <Sides of={of}>
            <Differences list={whole} />
          </Sides>
        </section>
      )}
      <section className="panel" aria-label={t('standards.domain')}>
        <Domains of={of} />
      </section>
      <section className="panel" aria-label={t('standards.indicators')}>
        <p role="status">
          {t('standards.differ', {
            count: moved.length,
            same: of.indicators.length - moved.length,
          })}
        </p>
        {moved.map((row) => (
          <Changed key={(row.after[0] ?? row.before[0])?.code} of={of} row={row} />
        ))}
      </section>
    </div>
  )
}

function Sides(props: { of: StandardComparison; what?: string; children: ReactNode }) {
  const { of, what, children } = props
  const t = useT()
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{what ?? t('standards.what')}</th>
          <th scope="col">{t('standards.versionN', { version: of.from })}</th>
          <th scope="col">{t('standards.versionN', { version: of.to })}</th>
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  )
}

/** Before and after of each field, only what the other side has not being marked. */
function Differences({ list }: { list: Difference[] }) {
  return list.map((d) => (
    <tr key={d.label}>
      <th scope="row">{d.label}</th>
      <td>
        <Words of={d.before} beside={d.after} as="del" />
      </td>
      <td>
        <Words of={d.after} beside={d.before} as="ins" />
      </td>
    </tr>
  ))
}

function Words({ of, beside, as: Mark }: { of: string[]; beside: string[]; as: 'del' | 'ins' }) {
  if (of.length === 0) return '—'
  return of.map((w, i) => <div key={`${i} ${w}`}>{beside.includes(w) ? w : <Mark>{w}</Mark>}</div>)
}

function Domains({ of }: { of: StandardComparison }) {
  const t = useT()
  const lang = useLang()
  const words = (side: StandardComparison['domains'][number]['before']) =>
    side.map((d) => `${text(d.title, lang)} · ${t('standards.points', { points: d.points })}`)
  return (
    <Sides of={of} what={t('standards.change')}>
      {of.domains.map((d) => {
        const [before, after] = [words(d.before), words(d.after)]
        const changed = d.how === 'same' && before[0] !== after[0]
        return (
          <tr key={(d.after[0] ?? d.before[0])?.id}>
            <th scope="row">{t(`standards.change_${changed ? 'changed' : d.how}`)}</th>
            <td>
              <Words of={before} beside={after} as="del" />
            </td>
            <td>
              <Words of={after} beside={before} as="ins" />
            </td>
          </tr>
        )
      })}
    </Sides>
  )
}

type Row = StandardComparison['indicators'][number]

/** The caps of an indicator stand in the rules. */
const shaped = (i: Row['before'][number]) => ({
  ...i,
  rules: { parts: (i as { parts?: object }).parts },
})

function Changed({ of, row }: { of: StandardComparison; row: Row }) {
  const t = useT()
  const lang = useLang()
  const id = useId()
  const differences = useDifferences()
  const name = (i: Row['before'][number]) => `${i.code} ${text(i.title, lang)}`
  const [was, is] = [row.before[0], row.after[0]]
  const one = row.before.length < 2 && row.after.length < 2
  const words = (side: Row['before']) =>
    side.flatMap((i) => [
      `${name(i)} · ${t('standards.points', { points: i.points })}`,
      text(i.criteria, lang),
    ])
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>
        {(row.after.length > 0 ? row.after : row.before).map(name).join(t('marks.list'))}{' '}
        <span className={`status ${looks[row.change]}`}>{t(`standards.change_${row.change}`)}</span>
      </h3>
      <Sides of={of}>
        {one ? (
          <Differences list={differences('indicator', was && shaped(was), is && shaped(is))} />
        ) : (
          <Differences
            list={[
              {
                label: t('standards.indicators'),
                before: words(row.before),
                after: words(row.after),
              },
            ]}
          />
        )}
        {row.lines.map((pair) => (
          <Line key={(pair.after ?? pair.before)?.id} pair={pair} />
        ))}
      </Sides>
    </section>
  )
}

const looks = {
  same: '',
  changed: 'submitted',
  renamed: 'submitted',
  split: 'submitted',
  merged: 'submitted',
  regrouped: 'submitted',
  new: 'approved',
  ended: 'returned',
} as const

/** A rule under its title: of one that came or went it is not said again, and an id follows its indicator. */
function Line({ pair: { before, after } }: { pair: Row['lines'][number] }) {
  const t = useT()
  const lang = useLang()
  const differences = useDifferences()
  const of = after ?? before
  if (!of) return null
  const what = before && after ? 'rule' : after ? 'lineNew' : 'lineGone'
  const title = before && after ? {} : { title: undefined }
  const told = (l: typeof before) => l && { ...l, id: undefined, ...title }
  return (
    <>
      <tr>
        <th scope="rowgroup" colSpan={3}>
          {t(`standards.${what}`)}
          {t('marks.colon')}
          {text(of.title, lang)}
        </th>
      </tr>
      <Differences list={differences('line', told(before), told(after))} />
    </>
  )
}
