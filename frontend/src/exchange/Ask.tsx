import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useRef, useState } from 'react'
import { askExport, formats } from '../api/exchange'
import { act } from '../api/http'
import type { Area, Export, LedgerHead } from '../api/model'
import { ProblemError } from '../api/problem'
import { useCatalogue } from '../api/queries'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { toast } from '../ui/toast'

/** Asks for the entries of a ledger as a file, narrowed as the list is. */
export function Ask(props: {
  prison: string
  ledgers: LedgerHead[]
  areas: Area[]
  ledger: string
  onLedger: (id: string) => void
  first: { area: string; from: string; to: string; q: string; state: string }
}) {
  const { prison, ledgers, areas, ledger, onLedger, first } = props
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const once = useRef(act())
  const merged = (useCatalogue().data?.ended ?? []).filter(
    ({ end }) => end?.kind === 'merge' && end.target === ledger,
  )
  const strict = ledgers.find((l) => l.id === ledger)?.sensitivity === 'L3'
  const ask = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const typed = new FormData(e.currentTarget)
    const value = (name: string) => String(typed.get(name) ?? '') || undefined
    setBusy(true)
    setProblem('')
    try {
      const format = formats.find((f) => f === value('format')) ?? 'xlsx'
      const states = value('state') ? [value('state')!] : undefined
      const filter: Export['filter'] = {
        area: value('area'),
        from: value('from'),
        to: value('to'),
        text: value('q'),
        states,
        merged: value('merged') === 'on' || undefined,
      }
      await once.current((key) =>
        askExport(prison, { ledger, format, reason: value('reason') ?? '', filter }, key),
      )
      toast(t('exchange.asked'))
      await queries.invalidateQueries({ queryKey: ['exports'] })
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblem([error.message, ...error.errors.map((f) => f.message)].join(t('marks.colon')))
    } finally {
      setBusy(false)
    }
  }
  return (
    <section className="panel" aria-labelledby="exchange-export">
      <h2 id="exchange-export">{t('exchange.export')}</h2>
      <form className="exchange-form" onSubmit={(e) => void ask(e)}>
        <label>
          {t('entry.ledger')}
          <select required value={ledger} onChange={(e) => onLedger(e.target.value)}>
            <option value="">{t('exchange.choose')}</option>
            {ledgers.map((l) => (
              <option key={l.id} value={l.id}>
                {text(l.title, lang)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('entry.area')}
          <select name="area" defaultValue={first.area}>
            <option value="">{t('inbox.all')}</option>
            {areas.map((a) => (
              <option key={a.id} value={a.id}>
                {names.area(a.id)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('entry.state')}
          <select name="state" defaultValue={first.state}>
            <option value="">{t('exchange.everyState')}</option>
            {(['submitted', 'returned', 'approved', 'voided'] as const).map((s) => (
              <option key={s} value={s}>
                {t(`entryState.${s}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('browser.from')}
          <input type="date" name="from" defaultValue={first.from} />
        </label>
        <label>
          {t('browser.to')}
          <input type="date" name="to" defaultValue={first.to} />
        </label>
        <label>
          {t('browser.text')}
          <input name="q" maxLength={100} defaultValue={first.q} />
        </label>
        <label>
          {t('exchange.format')}
          <select name="format">
            {formats.map((f) => (
              <option key={f} value={f}>
                {t(`exchange.format_${f}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t(strict ? 'exchange.reasonWanted' : 'exchange.reason')}
          <input name="reason" maxLength={200} required={strict} />
        </label>
        {merged.length > 0 && (
          // Ticked: who asks for a year expects the whole year, under whatever name it was kept.
          <label key={ledger}>
            {t('exchange.merged', {
              list: merged.map((l) => text(l.title, lang)).join(t('marks.list')),
            })}
            <input type="checkbox" name="merged" defaultChecked />
          </label>
        )}
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('exchange.ask')}
        </Button>
      </form>
      <p className="quiet">{t('exchange.interrupted')}</p>
      {problem && (
        <p className="danger" role="alert">
          {problem}
        </p>
      )}
    </section>
  )
}
