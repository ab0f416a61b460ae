import { useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { Link, useParams } from 'react-router'
import { act } from '../api/http'
import { ProblemError } from '../api/problem'
import { type Mapped, saveMapping, useMapped, useStandardName } from '../api/standards'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { Leaving } from '../standards/edit/Leaving'
import { howOf, left, linksOf, type Pairing, pairings } from '../standards/mapping'
import { Problems } from '../standards/Problems'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'
import NotFound from './NotFound'
import '../standards/mapping.css'

/** What became of each domain and indicator of the version before. */
export default function StandardMapping() {
  const t = useT()
  const name = useStandardName()
  const { standard = '', version = '' } = useParams()
  const query = useMapped(standard, Number(version))
  if (query.error instanceof ProblemError && query.error.status === 404) return <NotFound />
  return (
    <>
      <PageTitle
        title={t('mapping.title', {
          standard: name(standard),
          from: Number(version) - 1,
          to: version,
        })}
      >
        <Link to={`/standards/${standard}/v/${version}`}>{t('mapping.toStandard')}</Link>
      </PageTitle>
      {/* Begun once: what was chosen stays, whoever saves meanwhile. */}
      <Ready query={query}>{(mapped) => <Editor mapped={mapped} />}</Ready>
    </>
  )
}

interface Item {
  code: string
  title: string
}

type Side = 'domains' | 'indicators'

function Editor({ mapped }: { mapped: Mapped }) {
  const t = useT()
  const lang = useLang()
  const queries = useQueryClient()
  const [version, setVersion] = useState(mapped.version)
  const [once] = useState(act)
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<string[]>([])
  const [said, setSaid] = useState(
    mapped.mistakes.map((m) => ({ pointer: m.pointer, message: text(m.text, lang) })),
  )
  const [saved, setSaved] = useState({
    domains: pairings(mapped.mapping.domains),
    indicators: pairings(mapped.mapping.indicators),
  })
  const [now, setNow] = useState(saved)
  const unsaved = now !== saved
  const dirty = useRef(unsaved)
  useEffect(() => {
    dirty.current = unsaved
  }, [unsaved])
  const itemsOf = (of: Mapped['before']): Record<Side, Item[]> => ({
    domains: of.domains.map((d) => ({ code: d.id, title: text(d.title, lang) })),
    indicators: of.domains.flatMap((d) =>
      d.indicators.map((i) => ({
        code: i.code,
        title:
          text(i.title, lang) +
          t('marks.aside', { of: t('standards.points', { points: i.points }) }),
      })),
    ),
  })
  const [was, is] = [itemsOf(mapped.before), itemsOf(mapped.after)]
  const open = version.state === 'draft' || version.state === 'reviewed'
  const edits = open && mapped.actions.includes('edit')
  const save = async () => {
    const { standard, from, to } = mapped.mapping
    const links = (side: Side) =>
      linksOf(
        now[side],
        was[side].map((i) => i.code),
        is[side].map((i) => i.code),
      )
    const body = {
      standard,
      from,
      to,
      domains: links('domains'),
      indicators: links('indicators'),
    }
    setBusy(true)
    setProblems([])
    setSaid([])
    try {
      setVersion(await once((key) => saveMapping(version, body, key)))
      setSaved(now)
      // The version is another one now, for its own page and for who reviews it.
      await queries.invalidateQueries({ queryKey: ['standards'] })
      toast(t('mapping.saved'))
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setSaid(error.errors)
      const stale = error.code === 'changed_meanwhile'
      setProblems([stale ? t('mapping.stale') : error.message])
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Leaving unsaved={unsaved} now={() => dirty.current} />
      <section className="panel" aria-label={t('standards.standing')}>
        <p>{t(mapped.written ? 'mapping.written' : 'mapping.proposed')}</p>
        <p className="quiet">{t('mapping.means')}</p>
        {edits && (
          <Button type="primary" loading={busy} onClick={() => void save()}>
            {t('mapping.save')}
          </Button>
        )}
        {unsaved && <span className="late"> {t('drafting.unsaved')}</span>}
        <Problems list={problems} />
      </section>
      {(['domains', 'indicators'] as const).map((side) => (
        <Pairs
          key={side}
          side={side}
          was={was[side]}
          is={is[side]}
          list={now[side]}
          edits={edits}
          said={said.filter((e) => e.pointer.startsWith(`/${side}`))}
          change={(list) => setNow({ ...now, [side]: list })}
        />
      ))}
    </>
  )
}

interface PairsProps {
  side: Side
  was: Item[]
  is: Item[]
  list: Pairing[]
  edits: boolean
  said: { pointer: string; message: string }[]
  change: (list: Pairing[]) => void
}

function Pairs({ side, was, is, list, edits, said, change }: PairsProps) {
  const t = useT()
  const title = t(side === 'domains' ? 'mapping.domains' : 'mapping.indicators')
  const codes = (items: Item[]) => items.map((i) => i.code)
  const ended = left(
    codes(was),
    list.map((p) => p.from),
  )
  const fresh = left(
    codes(is),
    list.map((p) => p.to),
  )
  const named = (items: Item[], of: string[]) => items.filter((i) => of.includes(i.code))
  const words = (items: Item[], of: string[]) =>
    named(items, of)
      .map((i) => `${i.code} ${i.title}`)
      .join(t('marks.list')) || '—'
  const rows = list.map((pair, at) => ({ pair, at, how: howOf(pair) }))
  const wrong = (at: number) =>
    said.filter((e) => e.pointer.split('/')[2] === String(at)).map((e) => e.message)
  const same = rows.filter((r) => r.how === 'same' && r.pair.coverage === 'full' && !wrong(r.at)[0])
  const moved = rows.filter((r) => !same.includes(r))
  const put = (at: number, part: Partial<Pairing>) =>
    change(list.map((p, i) => (i === at ? { ...p, ...part } : p)))
  const pick = (at: number, end: 'from' | 'to', of: string[], free: string[], items: Item[]) => (
    <Select
      mode="multiple"
      aria-label={`${t(end === 'from' ? 'mapping.before' : 'mapping.after')} ${at + 1}`}
      optionFilterProp="label"
      style={{ width: '100%' }}
      value={of}
      options={named(items, [...of, ...free]).map((i) => ({
        value: i.code,
        label: `${i.code} ${i.title}`,
      }))}
      onChange={(codes: string[]) => put(at, { [end]: codes })}
    />
  )
  return (
    <section className="panel mapping" aria-label={title}>
      <h2>{title}</h2>
      <Problems list={said.filter((e) => e.pointer.split('/').length < 3).map((e) => e.message)} />
      {moved.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('mapping.before')}</th>
              <th scope="col">{t('standards.change')}</th>
              <th scope="col">{t('mapping.after')}</th>
              <th scope="col">{t('mapping.coverage')}</th>
              {edits && <th scope="col">{t('mapping.acts')}</th>}
            </tr>
          </thead>
          <tbody>
            {moved.map(({ pair, at, how }) => (
              <tr key={at}>
                <td>
                  {edits ? pick(at, 'from', pair.from, ended, was) : words(was, pair.from)}
                  <Problems list={wrong(at)} />
                </td>
                <td>{t(`mapping.how_${how}`)}</td>
                <td>{edits ? pick(at, 'to', pair.to, fresh, is) : words(is, pair.to)}</td>
                <td>
                  {edits ? (
                    <select
                      aria-label={`${t('mapping.coverage')} ${at + 1}`}
                      value={pair.coverage}
                      onChange={(e) => put(at, { coverage: e.target.value as Pairing['coverage'] })}
                    >
                      <option value="full">{t('mapping.coverage_full')}</option>
                      <option value="partial">{t('mapping.coverage_partial')}</option>
                    </select>
                  ) : (
                    t(`mapping.coverage_${pair.coverage}`)
                  )}
                </td>
                {edits && (
                  <td>
                    <Button
                      size="small"
                      aria-label={`${t('mapping.part')} ${at + 1}`}
                      onClick={() => change(list.filter((_, i) => i !== at))}
                    >
                      {t('mapping.part')}
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {(ended.length > 0 || fresh.length > 0) && (
        <dl>
          <dt>{t('mapping.how_ended')}</dt>
          <dd>{words(was, ended)}</dd>
          <dt>{t('mapping.how_new')}</dt>
          <dd>{words(is, fresh)}</dd>
        </dl>
      )}
      {edits && ended.length > 0 && fresh.length > 0 && (
        <Button onClick={() => change([...list, { from: [], to: [], coverage: 'full' }])}>
          {t('mapping.join')}
        </Button>
      )}
      <details>
        <summary>{t('mapping.same', { count: same.length })}</summary>
        <ul>
          {same.map(({ pair, at }) => (
            <li key={at}>
              {words(is, pair.to)}{' '}
              {edits && (
                <>
                  <Button
                    size="small"
                    aria-label={`${t('mapping.partly')} ${pair.to[0]}`}
                    onClick={() => put(at, { coverage: 'partial' })}
                  >
                    {t('mapping.partly')}
                  </Button>{' '}
                  <Button
                    size="small"
                    aria-label={`${t('mapping.part')} ${pair.to[0]}`}
                    onClick={() => change(list.filter((_, i) => i !== at))}
                  >
                    {t('mapping.part')}
                  </Button>
                </>
              )}
            </li>
          ))}
        </ul>
      </details>
    </section>
  )
}
