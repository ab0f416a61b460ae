import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useParams } from 'react-router'
import { decideProposal, useProposal } from '../api/catalogue'
import { act } from '../api/http'
import type { Proposal } from '../api/model'
import { ProblemError } from '../api/problem'
import { Proposed } from '../catalogue/Proposed'
import { Report } from '../catalogue/Report'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'

/** One change of the catalogue: what it does, who decided, what it did. */
export default function ProposalPage() {
  const { prison = '', id = '' } = useParams()
  const query = useProposal(prison, id)
  return <Ready query={query}>{(p) => <Shown p={p} />}</Ready>
}

function Shown({ p }: { p: Proposal }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  return (
    <>
      <PageTitle
        title={`${t(`catalogue.kind_${p.content.kind}`)} · ${names.ledger(p.content.ledger)}`}
        beside={<span className="tag">{t(`catalogue.state_${p.state}`)}</span>}
      />
      {p.failure && (
        <section className="panel danger" role="alert">
          <p>{t('catalogue.failedOn', { on: p.content.on })}</p>
          <ul>
            {p.failure.reasons.map((r) => (
              <li key={r.zh}>{text(r, lang)}</li>
            ))}
          </ul>
        </section>
      )}
      <section className="panel">
        <dl className="pairs">
          <dt>{t('catalogue.author')}</dt>
          <dd>
            {p.author_name} {showTime(p.recorded_at)}
          </dd>
          <dt>{t('catalogue.on')}</dt>
          <dd>{p.content.on}</dd>
          <dt>{t('catalogue.reason')}</dt>
          <dd>{p.content.reason}</dd>
          {p.content.target && (
            <>
              <dt>{t('catalogue.target')}</dt>
              <dd>
                {p.content.kind === 'transfer'
                  ? names.department(p.content.target)
                  : names.ledger(p.content.target)}
              </dd>
            </>
          )}
        </dl>
        <h2>{t('catalogue.report')}</h2>
        <Report report={p.report} />
        {p.executed && (
          <>
            <h2>
              {t('catalogue.executed')} {showTime(p.executed_at ?? undefined)}
            </h2>
            <Report report={p.executed} />
          </>
        )}
      </section>
      <Proposed content={p.content} />
      <section className="panel">
        <h2>{t('catalogue.decisions')}</h2>
        <ol className="chain">
          {p.steps.map((step, i) => {
            const done = p.decisions?.find((d) => d.step === i)
            return (
              <li key={`${step.unit} ${text(step.title, lang)}`}>
                {text(step.title, lang)}
                {done &&
                  ` · ${t(`catalogue.verdict_${done.verdict as 'approve'}`)} · ${done.decided_by_name} ${showTime(done.recorded_at)} ${done.comment}`}
              </li>
            )
          })}
        </ol>
        {p.allowed.length > 0 && <Decide p={p} />}
      </section>
    </>
  )
}

function Decide({ p }: { p: Proposal }) {
  const t = useT()
  const queries = useQueryClient()
  const [once] = useState(act)
  const [comment, setComment] = useState('')
  const [busy, setBusy] = useState(false)
  const decide = async (verdict: Proposal['allowed'][number]) => {
    setBusy(true)
    try {
      await once((key) => decideProposal(p, verdict, comment, key))
      await queries.invalidateQueries()
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast(error.errors[0]?.message ?? error.message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <label htmlFor="proposal-comment">{t('catalogue.comment')}</label>
      <textarea
        id="proposal-comment"
        className="wide-input"
        rows={2}
        maxLength={500}
        value={comment}
        onChange={(e) => setComment(e.target.value)}
      />
      <div className="actions">
        {p.allowed.map((verdict) => (
          <Button
            key={verdict}
            type={verdict === 'approve' ? 'primary' : 'default'}
            loading={busy}
            onClick={() => void decide(verdict)}
          >
            {t(`catalogue.${verdict}`)}
          </Button>
        ))}
      </div>
    </>
  )
}
