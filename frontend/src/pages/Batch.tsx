import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { type Prefill, prefillRows } from '../api/batch'
import { now } from '../api/clock'
import { newKey } from '../api/http'
import type { LedgerHead, LedgerType } from '../api/model'
import {
  ledgerType,
  prisonOf,
  useLedgers,
  useLedgerType,
  useMe,
  useOrganisation,
} from '../api/queries'
import { fillable } from '../app/duties'
import { BatchEditor } from '../batch/BatchEditor'
import { CarriedNote } from '../batch/CarriedNote'
import { carry } from '../batch/carry'
import { idOf, type Kept, kind } from '../batch/keep'
import { BatchStore } from '../batch/store'
import { monthOn } from '../calendar/heat'
import { today } from '../form/time'
import { useLang, useT } from '../i18n'
import { local } from '../offline/store'
import { type Doc, text } from '../schema/types'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Failed, Loading } from '../ui/States'

/** Many entries of one ledger at once: which, then the grid. */
export default function Batch() {
  const [query] = useSearchParams()
  const prison = prisonOf(useMe().data)
  const of = {
    prison,
    area: query.get('area') ?? '',
    ledger: query.get('ledger') ?? '',
    period: query.get('period') ?? '',
  }
  if (!of.area || !of.ledger || !of.period) return <Choose />
  return <Open key={idOf(of)} of={of} />
}

type Of = Pick<Kept, 'prison' | 'area' | 'ledger' | 'period'>

/** What was kept on this computer, else the rows as the server prefills them. */
function Open({ of }: { of: Of }) {
  const t = useT()
  const me = useMe().data!
  const kept = useQuery({
    queryKey: ['kept', me.person, idOf(of)],
    // Without IndexedDB nothing was kept.
    queryFn: async () =>
      (await local.get<Kept>(me.person, kind, idOf(of)).catch(() => undefined)) ?? null,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const type = useLedgerType(of.ledger)
  const prefill = useQuery({
    queryKey: ['prefill', idOf(of)],
    queryFn: () => prefillRows(of, of.period),
    enabled: kept.data === null,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const names = useNames()
  const queries = useQueryClient()
  const move = useMutation({
    mutationFn: (old: Kept) =>
      carry(old, (ledger, version) => queries.fetchQuery(ledgerType(ledger, version))),
  })
  // The rows as they begin may be of a newer version than the type that was asked for before.
  const begunUnder = prefill.data?.version
  const other = begunUnder !== undefined && type.data && begunUnder !== type.data.version
  const their = useLedgerType(other ? of.ledger : '', begunUnder)
  if (kept.data === undefined) return <Loading />
  const title = <PageTitle title={`${names.ledger(of.ledger)} ${t('batch.title')} ${of.period}`} />
  // Rows and type are always of one version: what is kept has its own with it.
  const under = kept.data?.type ?? (other ? their.data : type.data)
  const asked = [...(kept.data ? [] : [type, prefill, their]), ...(move.error ? [move] : [])]
  const failed = asked.find((a) => a.error)
  if (failed) {
    const retry = () => {
      if (move.error) return move.mutate(move.variables!)
      for (const a of [type, prefill, their]) if (a.error) void a.refetch()
    }
    return (
      <>
        {title}
        <Failed error={failed.error} retry={retry} />
      </>
    )
  }
  if (!under || (kept.data === null && !prefill.data) || move.isPending) return <Loading />
  const rows = (prefill.data?.rows ?? []).filter((r) => !r.filed)
  const begun: Kept = move.data?.kept ??
    kept.data ?? {
      ...of,
      type: under,
      subject: prefill.data?.subject ?? '',
      key: newKey(),
      empty: emptyOf(prefill.data, under),
      rows: rows.map((r) =>
        BatchStore.fresh(r.key, r.name || r.key, r.body, {
          last: r.last ?? undefined,
          offers: r.offers,
          pins: r.pins,
        }),
      ),
    }
  return (
    <>
      {title}
      {move.data && <CarriedNote version={begun.type.version} dropped={move.data.dropped} />}
      <BatchEditor
        key={begun.type.version}
        kept={begun}
        passed={(type.data?.version ?? 0) > begun.type.version}
        onPassed={move.mutate}
        restored={kept.data !== null}
        hidden={(prefill.data?.rows.length ?? 0) - rows.length}
      />
    </>
  )
}

/** What a row added by hand begins with: what all have in common, and nothing of one inmate's. */
function emptyOf(prefill: Prefill | undefined, type: LedgerType): Doc {
  const own = new Set([prefill?.subject])
  for (const s of type.sources) if (s.about) own.add(s.field.split('/')[1])
  const body = Object.entries(prefill?.rows[0]?.body ?? {})
  return Object.fromEntries(body.filter(([name]) => !own.has(name)))
}

/** Ledgers kept by the month are mostly filled when the month is over. */
function usual(ledger: LedgerHead | undefined): string {
  const day = today(now())
  if (!byMonth(ledger)) return day
  return monthOn(day.slice(0, 7), -1)
}

const byMonth = (ledger: LedgerHead | undefined) =>
  ledger?.cadence.kind === 'monthly' || ledger?.cadence.kind === 'quarterly'

function Choose() {
  const t = useT()
  const lang = useLang()
  const me = useMe().data!
  const prison = prisonOf(me)
  const ledgers = useLedgers()
  const prisons = useOrganisation().data?.prisons
  const [, go] = useSearchParams()
  const own = me.postings.find((p) => p.area)?.area
  const [chosenArea, chooseArea] = useState('')
  const [chosen, choose] = useState('')
  const [period, setPeriod] = useState('')
  if (!prisons || !ledgers.data) {
    return ledgers.error ? (
      <Failed error={ledgers.error} retry={() => void ledgers.refetch()} />
    ) : (
      <Loading />
    )
  }
  // Nobody of the bureau fills.
  const areas = prisons.find((p) => p.id === prison)?.areas ?? []
  const area = areas.find((a) => a.id === (own ?? chosenArea)) ?? areas[0]
  const list = area ? fillable(ledgers.data, me, area) : []
  // Those kept for everybody come first: it is for them that a grid pays.
  const sorted = [
    ...list.filter((l) => l.cadence.per === 'inmate'),
    ...list.filter((l) => l.cadence.per !== 'inmate'),
  ]
  const ledger = sorted.find((l) => l.id === chosen) ?? sorted[0]
  const when = period || usual(ledger)
  return (
    <>
      <PageTitle title={t('batch.title')} />
      {!area || !ledger ? (
        <p className="panel quiet">{t('batch.noArea')}</p>
      ) : (
        <form
          className="panel bar"
          onSubmit={(e) => {
            e.preventDefault()
            go({ ledger: ledger.id, area: area.id, period: when })
          }}
        >
          {!own && (
            <label>
              {t('batch.area')}{' '}
              <select value={area.id} onChange={(e) => chooseArea(e.target.value)}>
                {areas.map((a) => (
                  <option key={a.id} value={a.id}>
                    {lang === 'en' ? a.name_en : a.name_zh}
                  </option>
                ))}
              </select>
            </label>
          )}
          <label>
            {t('batch.ledger')}{' '}
            <select
              value={ledger.id}
              onChange={(e) => {
                choose(e.target.value)
                setPeriod('')
              }}
            >
              {sorted.map((l) => (
                <option key={l.id} value={l.id}>
                  {text(l.title, lang)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t(byMonth(ledger) ? 'batch.month' : 'batch.day')}{' '}
            <input
              type={byMonth(ledger) ? 'month' : 'date'}
              value={when}
              required
              onChange={(e) => setPeriod(e.target.value)}
            />
          </label>
          <Button type="primary" htmlType="submit">
            {t('batch.begin')}
          </Button>
        </form>
      )}
      <KeptHere />
    </>
  )
}

/** Batches that were begun on this computer and not filed whole. */
function KeptHere() {
  const t = useT()
  const me = useMe().data!
  const names = useNames()
  const [list, setList] = useState<Kept[]>([])
  useEffect(() => {
    local.list<Kept>(me.person, kind).then(
      (found) => setList(found.map((f) => f.value)),
      () => setList([]),
    )
  }, [me.person])
  if (list.length === 0) return null
  return (
    <section className="panel" aria-labelledby="kept">
      <h2 id="kept">{t('batch.kept')}</h2>
      <ul>
        {list.map((b) => (
          <li key={idOf(b)}>
            <Link
              to={`/batch?${new URLSearchParams({ ledger: b.ledger, area: b.area, period: b.period })}`}
            >
              {t('batch.keptOne', {
                ledger: names.ledger(b.ledger),
                period: b.period,
                count: b.rows.length,
              })}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
