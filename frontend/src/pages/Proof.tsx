import { Button, Input } from 'antd'
import { useState } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import type { Entry } from '../api/model'
import { ProblemError } from '../api/problem'
import { useEntry, useProof, useScore } from '../api/queries'
import { downloadPack } from '../api/scores'
import { EvidenceList } from '../entry/EvidenceList'
import { SummaryText } from '../entry/SummaryText'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { shown } from '../score/decimal'
import { FindingForm, Findings } from '../score/FindingForm'
import { More } from '../ui/More'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import { EntryTags } from '../ui/Status'
import { toast } from '../ui/toast'
import '../entry/document.css'
import '../score/score.css'

/** The inspector's way: indicators in the order of the standard, their entries, their evidence. */
export default function Proof() {
  const { prison = '', area = '' } = useParams()
  const [params] = useSearchParams()
  const item = params.get('item') ?? ''
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const score = useScore(prison, area)
  return (
    <>
      <PageTitle title={t('proof.title', { area: names.area(area) })}>
        <Link to={`/prisons/${prison}/areas/${area}/score`}>{t('score.open')}</Link>
      </PageTitle>
      <Ready query={score}>
        {(sheet) => (
          <div className="proof">
            <nav className="panel proof-list" aria-label={t('proof.indicators')}>
              {sheet.domains.map((domain) => (
                <div key={domain.id}>
                  <h2>{text(domain.title, lang)}</h2>
                  {(domain.indicators ?? []).map((i) => (
                    <Link
                      key={i.code}
                      to={{ search: `?item=${encodeURIComponent(i.code)}` }}
                      replace
                      aria-current={i.code === item}
                    >
                      <span className="mono">{i.code}</span>
                      <span>{text(i.title, lang)}</span>
                      {shown(i.deducted) !== '0' && (
                        <span className="danger">−{shown(i.deducted)}</span>
                      )}
                    </Link>
                  ))}
                </div>
              ))}
            </nav>
            {item ? (
              <Item key={item} prison={prison} area={area} item={item} />
            ) : (
              <Empty>{t('proof.choose')}</Empty>
            )}
          </div>
        )}
      </Ready>
    </>
  )
}

/** Typed once a check: every pack of the same visit is for the same reason. */
let lastReason = ''

function Item({ prison, area, item }: { prison: string; area: string; item: string }) {
  const t = useT()
  const lang = useLang()
  const query = useProof(prison, area, item)
  const [busy, setBusy] = useState(false)
  const [reason, setReason] = useState(lastReason)
  const download = async () => {
    setBusy(true)
    try {
      await downloadPack(prison, area, item, reason)
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast(error.message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section>
      <Ready query={query}>
        {({ pages }) => {
          const entries = pages.flatMap((p) => p.entries)
          return (
            <>
              <div className="page-title">
                <h2>
                  {item} {text(pages[0]?.indicator.title, lang)}
                </h2>
                <div className="actions">
                  {pages[0]?.actions.includes('pack') && (
                    <>
                      <Input
                        aria-label={t('proof.reason')}
                        placeholder={t('proof.reason')}
                        maxLength={200}
                        value={reason}
                        onChange={(e) => {
                          lastReason = e.target.value
                          setReason(lastReason)
                        }}
                      />
                      <Button
                        type="primary"
                        loading={busy}
                        disabled={!reason.trim()}
                        onClick={() => void download()}
                      >
                        {t('proof.pack')}
                      </Button>
                    </>
                  )}
                </div>
              </div>
              {pages[0] && (
                <>
                  {pages[0].actions.includes('finding') && (
                    <FindingForm prison={prison} area={area} indicator={pages[0].indicator} />
                  )}
                  <Findings prison={prison} area={area} indicator={pages[0].indicator} />
                </>
              )}
              {entries.length === 0 && <Empty>{t('proof.empty')}</Empty>}
              {entries.map((entry) => (
                <ProofEntry key={entry.id} entry={entry} />
              ))}
              <More query={query} />
            </>
          )
        }}
      </Ready>
    </section>
  )
}

/** One entry; opened, it shows its evidence at once. Reading is recorded, so nothing is fetched before. */
function ProofEntry({ entry }: { entry: Entry }) {
  const names = useNames()
  const [open, setOpen] = useState(false)
  return (
    <details className="panel" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>
        <strong>
          {names.ledger(entry.ledger)} {showTime(entry.occurred_at)}
        </strong>{' '}
        <EntryTags entry={entry} /> <SummaryText entry={entry} />
      </summary>
      {open && <ProofEvidence entry={entry} />}
    </details>
  )
}

function ProofEvidence({ entry }: { entry: Entry }) {
  const t = useT()
  const query = useEntry(entry.prison, entry.id)
  return (
    <Ready query={query}>
      {(view) => (
        <>
          <EvidenceList
            entry={entry}
            files={view.evidence.filter((e) => e.revision === (entry.in_force || entry.revision))}
          />
          <Link to={`/prisons/${entry.prison}/entries/${entry.id}`}>{t('inbox.open')}</Link>
        </>
      )}
    </Ready>
  )
}
