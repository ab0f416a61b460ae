import { Button } from 'antd'
import { type DragEvent, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { emptyUrl, formats, sendImport } from '../api/exchange'
import { act } from '../api/http'
import type { Area, LedgerHead } from '../api/model'
import { ProblemError } from '../api/problem'
import { useLedgerType } from '../api/queries'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'

/** Chooses what a file is for, offers an empty one, and sends it to be checked. */
export function Send(props: {
  prison: string
  ledgers: LedgerHead[]
  areas: Area[]
  own: string
  ledger: string
  onLedger: (id: string) => void
}) {
  const { prison, ledgers, areas, own, onLedger } = props
  // The address may name a ledger that the reader takes out but does not fill.
  const ledger = ledgers.some((l) => l.id === props.ledger) ? props.ledger : ''
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const navigate = useNavigate()
  const [area, setArea] = useState(own)
  const [draft, setDraft] = useState(false)
  const [over, setOver] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const once = useRef(act())
  const type = useLedgerType(ledger).data
  const evidence = type?.evidence ?? []
  const always = evidence.some((e) => typeof e.min === 'number' && e.min > 0)
  const sometimes = evidence.some((e) => typeof e.min === 'string')

  const send = async (file: File | undefined) => {
    if (!file || busy) return
    if (!ledger) {
      setProblem(t('exchange.chooseLedger'))
      return
    }
    setBusy(true)
    setProblem('')
    try {
      const made = await once.current((key) =>
        sendImport(prison, { ledger, area, draft }, file, key),
      )
      navigate(`/prisons/${prison}/imports/${made.id}`)
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblem(error.message)
    } finally {
      setBusy(false)
      // The same file, corrected, may be chosen again.
      if (input.current) input.current.value = ''
    }
  }
  const drop = (e: DragEvent) => {
    e.preventDefault()
    setOver(false)
    void send(e.dataTransfer.files[0])
  }
  return (
    <section className="panel" aria-labelledby="exchange-import">
      <h2 id="exchange-import">{t('exchange.import')}</h2>
      <div className="exchange-form">
        <label>
          {t('entry.ledger')}
          <select value={ledger} onChange={(e) => onLedger(e.target.value)}>
            <option value="">{t('exchange.choose')}</option>
            {ledgers.map((l) => (
              <option key={l.id} value={l.id}>
                {text(l.title, lang)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('exchange.area')}
          <select value={area} onChange={(e) => setArea(e.target.value)}>
            <option value="">{t('exchange.areaInFile')}</option>
            {areas.map((a) => (
              <option key={a.id} value={a.id}>
                {names.area(a.id)}
              </option>
            ))}
          </select>
        </label>
        <fieldset>
          <legend className="sr-only">{t('exchange.as')}</legend>
          {[false, true].map((d) => (
            <label key={String(d)}>
              <input type="radio" name="as" checked={draft === d} onChange={() => setDraft(d)} />
              {t(d ? 'exchange.asDraft' : 'exchange.asSubmitted')}
            </label>
          ))}
        </fieldset>
      </div>
      {type && (always || sometimes) && !draft && (
        <p className={always ? 'danger' : 'quiet'} role="note">
          {t(always ? 'exchange.evidenceAlways' : 'exchange.evidenceSometimes', {
            list: evidence.map((e) => text(e.title, lang)).join(t('marks.list')),
          })}
        </p>
      )}
      {ledger && (
        <p className="exchange-links">
          <strong>{t('exchange.emptyFile')}</strong>
          {formats.map((f) => (
            <a key={f} href={emptyUrl(prison, ledger, f)} download>
              {t(`exchange.format_${f}`)}
            </a>
          ))}
        </p>
      )}
      <label
        className={over ? 'drop over' : 'drop'}
        onDragOver={(e) => {
          e.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {t(busy ? 'exchange.sending' : 'exchange.drop')}
        <input
          ref={input}
          type="file"
          accept=".xlsx,.csv,.txt"
          disabled={busy}
          onChange={(e) => void send(e.target.files?.[0])}
        />
      </label>
      {problem && (
        <p className="danger" role="alert">
          {problem}{' '}
          <Button size="small" onClick={() => setProblem('')}>
            {t('exchange.understood')}
          </Button>
        </p>
      )}
    </section>
  )
}
