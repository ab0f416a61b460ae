import { Button } from 'antd'
import { useState } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { ProblemError } from '../api/problem'
import { useProof, useScore } from '../api/queries'
import { downloadPack } from '../api/scores'
import { EvidenceList } from '../entry/EvidenceList'
import { SummaryText } from '../entry/SummaryText'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { shown } from '../score/decimal'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import { EntryTags } from '../ui/Status'
import { toast } from '../ui/toast'
import { useNames } from '../ui/names'
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
                  {domain.indicators.map((i) => (
                    <Link key={i.code} to={{ search: `?item=${encodeURIComponent(i.code)}` }} replace aria-current={i.code === item}>
                      <span className="mono">{i.code}</span>
                      <span>{text(i.title, lang)}</span>
                      {shown(i.deducted) !== '0' && <span className="danger">−{shown(i.deducted)}</span>}
                    </Link>
                  ))}
                </div>
              ))}
            </nav>
            {item ? <Item key={item} prison={prison} area={area} item={item} /> : <Empty>{t('proof.choose')}</Empty>}
          </div>
        )}
      </Ready>
    </>
  )
}

function Item({ prison, area, item }: { prison: string; area: string; item: string }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const query = useProof(prison, area, item)
  const [busy, setBusy] = useState(false)
  const download = async () => {
    setBusy(true)
    try {
      await downloadPack(prison, area, item)
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
        {(proof) => (
          <>
            <div className="page-title">
              <h2>
                {proof.code} {text(proof.title, lang)}
              </h2>
              <div className="actions">
                <Button type="primary" loading={busy} onClick={() => void download()}>
                  {t('proof.pack')}
                </Button>
              </div>
            </div>
            {proof.entries.length === 0 && <Empty>{t('proof.empty')}</Empty>}
            {proof.entries.map(({ entry, evidence }) => (
              <article key={entry.id} className="panel">
                <h3>
                  <Link to={`/prisons/${entry.prison}/entries/${entry.id}`}>
                    {names.ledger(entry.ledger)} {showTime(entry.occurred_at)}
                  </Link>{' '}
                  <EntryTags entry={entry} />
                </h3>
                <p>
                  <SummaryText entry={entry} />
                </p>
                <EvidenceList entry={entry} files={evidence} />
              </article>
            ))}
          </>
        )}
      </Ready>
    </section>
  )
}
