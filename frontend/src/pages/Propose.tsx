import { Button } from 'antd'
import { useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { propose, tryProposal, useConsolidation, useProposals, useVersions } from '../api/catalogue'
import { now } from '../api/clock'
import { act } from '../api/http'
import type { LedgerHead, ProposalContent, ProposalReport } from '../api/model'
import { ProblemError } from '../api/problem'
import { useLedgers, useOrganisation, usePrison } from '../api/queries'
import { Designer } from '../catalogue/Designer'
import { blank, type Files, nextVersion } from '../catalogue/design'
import { type Gate, GateForm } from '../catalogue/GateForm'
import { MergeMap } from '../catalogue/MergeMap'
import { Report } from '../catalogue/Report'
import { type Texts, unread } from '../catalogue/texts'
import '../catalogue/catalogue.css'
import { today } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'

const kinds = ['version', 'add', 'delete', 'transfer', 'merge', 'share'] as const
type Kind = (typeof kinds)[number]

const noGate: Gate = {
  basis: '',
  purpose: '',
  no_other: '',
  minutes: 0,
  per_month: 0,
  savings: [],
  review_on: '',
}

/** Propose a change of the catalogue: what, why, its dry run. */
export default function Propose() {
  const t = useT()
  const prison = usePrison()
  const ledgers = useLedgers()
  const may = useProposals(prison)
  return (
    <>
      <PageTitle title={t('catalogue.propose')} />
      <Ready query={ledgers}>
        {(list) => (
          <Ready query={may}>
            {(open) => (
              <Form
                prison={prison}
                ledgers={list}
                open={list.filter((l) => open.ledgers.includes(l.id))}
                departments={open.departments}
              />
            )}
          </Ready>
        )}
      </Ready>
    </>
  )
}

function Form(props: {
  prison: string
  ledgers: LedgerHead[]
  open: LedgerHead[]
  departments: string[]
}) {
  const { prison, ledgers, open, departments } = props
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const go = useNavigate()
  const [params] = useSearchParams()
  const [kind, setKind] = useState<Kind>((params.get('kind') as Kind) || 'version')
  const [ledger, setLedger] = useState(params.get('ledger') ?? open[0]?.id ?? '')
  const [head, setHead] = useState({
    id: '',
    zh: '',
    en: '',
    department: departments[0] ?? '',
  })
  const [rest, setRest] = useState({
    reason: '',
    on: today(now()),
    target: '',
    zh: '',
    en: '',
    held: false,
  })
  const [gate, setGate] = useState(noGate)
  const [places, setPlaces] = useState<Record<string, string>>({})
  const [edited, setEdited] = useState<{ of: string; files: Files }>()
  const [typed, setTyped] = useState<{ of: string; texts: Texts }>()
  const [report, setReport] = useState<ProposalReport>()
  const [problems, setProblems] = useState<ProblemError['errors']>([])
  const [busy, setBusy] = useState(false)
  const [once] = useState(act)
  const versions = useVersions(kind === 'version' ? ledger : '')

  const key = kind === 'add' ? `add ${head.id} ${head.department} ${head.zh} ${head.en}` : ledger
  const last = versions.data?.at(-1)
  const owner = ledgers.find((l) => l.id === ledger)?.owner
  const base =
    kind === 'add'
      ? blank(head.id, head.department, head.zh, head.en)
      : kind === 'version' && last && owner
        ? nextVersion(last as unknown as Files, owner)
        : undefined
  const files = edited?.of === key ? edited.files : base
  const texts = (files && typed?.of === key && typed.texts) || {}
  // What cannot be read is in no file: nothing is tried or sent without it.
  const left = unread(texts)
  const touch = (files: Files) => {
    setEdited({ of: key, files })
    setReport(undefined)
  }

  const content = (): ProposalContent => ({
    kind,
    ledger: kind === 'add' ? head.id : ledger,
    reason: rest.reason,
    on: rest.on,
    ...(files && {
      schema: JSON.stringify(files.schema),
      definition: JSON.stringify(files.definition),
      form: JSON.stringify(files.form),
      gate,
      accept_held: rest.held,
    }),
    ...(['transfer', 'merge', 'share'].includes(kind) && { target: rest.target }),
    ...((kind === 'merge' || kind === 'share') && {
      map: Object.entries(places).map(([from, to]) => ({ from, to })),
    }),
    ...(!files && { notice: { zh: rest.zh, en: rest.en } }),
  })

  const run = async (what: () => Promise<void>) => {
    setBusy(true)
    try {
      await what()
      setProblems([])
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setProblems(error.errors)
      if (error.members.report) setReport(error.members.report as ProposalReport)
      toast(error.message)
      const kept = error.members.proposal
      if (typeof kept === 'string') await go(`/prisons/${prison}/proposals/${kept}`)
    } finally {
      setBusy(false)
    }
  }
  const set = (part: Partial<typeof rest>) => setRest({ ...rest, ...part })

  return (
    <form className="panel propose" onSubmit={(e) => e.preventDefault()}>
      <label>
        {t('catalogue.kind')}
        <select
          value={kind}
          onChange={(e) => {
            setKind(e.target.value as Kind)
            setReport(undefined)
          }}
        >
          {kinds.map((k) => (
            <option key={k} value={k}>
              {t(`catalogue.kind_${k}`)}
            </option>
          ))}
        </select>
      </label>
      {kind === 'add' ? (
        <>
          <label>
            {t('catalogue.newId')}
            <input value={head.id} onChange={(e) => setHead({ ...head, id: e.target.value })} />
          </label>
          <label>
            {t('catalogue.fieldZh')}
            <input value={head.zh} onChange={(e) => setHead({ ...head, zh: e.target.value })} />
          </label>
          <label>
            {t('catalogue.fieldEn')}
            <input value={head.en} onChange={(e) => setHead({ ...head, en: e.target.value })} />
          </label>
          <label>
            {t('catalogue.department')}
            <select
              value={head.department}
              onChange={(e) => setHead({ ...head, department: e.target.value })}
            >
              {departments.map((d) => (
                <option key={d} value={d}>
                  {names.department(d)}
                </option>
              ))}
            </select>
          </label>
        </>
      ) : (
        <label>
          {t('catalogue.ledger')}
          <select
            value={ledger}
            onChange={(e) => {
              setLedger(e.target.value)
              setReport(undefined)
            }}
          >
            {open.map((l) => (
              <option key={l.id} value={l.id}>
                {text(l.title, lang)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        {t('catalogue.on')}
        <input type="date" value={rest.on} onChange={(e) => set({ on: e.target.value })} />
      </label>
      <label>
        {t('catalogue.reason')}
        <input
          value={rest.reason}
          maxLength={500}
          onChange={(e) => set({ reason: e.target.value })}
        />
      </label>
      {kind === 'transfer' && (
        <Receivers value={rest.target} change={(target) => set({ target })} />
      )}
      {(kind === 'merge' || kind === 'share') && (
        <label>
          {t('catalogue.target')}
          <select value={rest.target} onChange={(e) => set({ target: e.target.value })}>
            <option value="" />
            {ledgers
              .filter((l) => l.id !== ledger)
              .map((l) => (
                <option key={l.id} value={l.id}>
                  {text(l.title, lang)}
                </option>
              ))}
          </select>
        </label>
      )}
      {(kind === 'merge' || kind === 'share') && rest.target && (
        <MergeMap from={ledger} to={rest.target} places={places} change={setPlaces} />
      )}
      {!files && (
        <>
          <label>
            {t('catalogue.noticeZh')}
            <input value={rest.zh} onChange={(e) => set({ zh: e.target.value })} />
          </label>
          <label>
            {t('catalogue.noticeEn')}
            <input value={rest.en} onChange={(e) => set({ en: e.target.value })} />
          </label>
        </>
      )}
      {files && (
        <>
          <Designer
            prison={prison}
            files={files}
            texts={texts}
            change={touch}
            write={(texts) => setTyped({ of: key, texts })}
          />
          <GateForm
            gate={gate}
            ledgers={ledgers.filter((l) => kind === 'add' || l.id !== ledger)}
            change={setGate}
          />
          <label>
            <input
              type="checkbox"
              checked={rest.held}
              onChange={(e) => set({ held: e.target.checked })}
            />{' '}
            {t('catalogue.acceptHeld')}
          </label>
        </>
      )}
      {problems.length > 0 && (
        <ul className="danger" role="alert">
          {problems.map((p) => (
            <li key={`${p.pointer} ${p.message}`}>
              {p.message} <span className="quiet">{p.pointer}</span>
            </li>
          ))}
        </ul>
      )}
      {left.length > 0 && (
        <p className="danger" role="alert">
          {t('designer.unread', { files: left.join(' ') })}
        </p>
      )}
      <div className="actions">
        <Button
          htmlType="submit"
          loading={busy}
          disabled={left.length > 0}
          onClick={() => void run(async () => setReport(await tryProposal(prison, content())))}
        >
          {t('catalogue.try')}
        </Button>
        <Button
          type="primary"
          loading={busy}
          disabled={!report || left.length > 0}
          onClick={() =>
            void run(async () => {
              const made = await once((k) => propose(prison, content(), k))
              toast(t('catalogue.sent'))
              await go(`/prisons/${prison}/proposals/${made.id}`)
            })
          }
        >
          {t('catalogue.send')}
        </Button>
      </div>
      {report && (
        <section aria-label={t('catalogue.report')}>
          <h2>{t('catalogue.report')}</h2>
          <Report report={report} />
        </section>
      )}
    </form>
  )
}

/** Departments, and the business systems that record something already. */
function Receivers({ value, change }: { value: string; change: (code: string) => void }) {
  const t = useT()
  const lang = useLang()
  const departments = useOrganisation().data?.departments ?? []
  const systems = useConsolidation().data?.targets.filter((x) => x.id.startsWith('ext:')) ?? []
  return (
    <label>
      {t('catalogue.target')}
      <select value={value} onChange={(e) => change(e.target.value)}>
        <option value="" />
        {departments.map((d) => (
          <option key={d.code} value={d.code}>
            {text(d.title, lang)}
          </option>
        ))}
        {systems.map((x) => (
          <option key={x.id} value={x.id}>
            {text(x.title, lang)}
          </option>
        ))}
      </select>
    </label>
  )
}
