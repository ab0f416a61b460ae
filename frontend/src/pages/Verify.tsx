import { Button, Input } from 'antd'
import { type FormEvent, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import type { FormAnswer, PrintAnswer, SheetAnswer } from '../api/model'
import { sheetUrl } from '../api/overview'
import { compareForm, formUrl, useVerified } from '../api/prints'
import { ProblemError } from '../api/problem'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Failed, Loading } from '../ui/States'
import { EntryTags } from '../ui/Status'
import './verify.css'

/** What a paper's verification code stands for, and whether a file is the form itself. */
export default function Verify() {
  const t = useT()
  const { code = '' } = useParams()
  const navigate = useNavigate()
  const query = useVerified(code)
  const look = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const typed = String(new FormData(e.currentTarget).get('code') ?? '').trim()
    if (typed) navigate(`/verify/${encodeURIComponent(typed)}`)
  }
  return (
    <>
      <PageTitle title={t('menu.verify')} />
      <form className="panel verify-code" onSubmit={look} key={code}>
        <label htmlFor="verify-code">{t('printing.code')}</label>
        <Input
          id="verify-code"
          name="code"
          className="mono"
          defaultValue={code}
          placeholder="XXXX-XXXX-XXXX-XXXX"
          autoComplete="off"
          autoFocus={!code}
          maxLength={60}
        />
        <Button type="primary" htmlType="submit">
          {t('printing.look')}
        </Button>
        <p className="quiet">{t('printing.codeHelp')}</p>
      </form>
      {code && query.isPending && <Loading />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data && <Found answer={query.data} />}
    </>
  )
}

function Found({ answer }: { answer: PrintAnswer }) {
  const t = useT()
  const { filing, form, sheet } = answer
  return (
    <>
      <section className="panel" aria-label={t('printing.result')}>
        {form && <Form answer={answer} form={form} />}
        {sheet && <Sheet answer={answer} sheet={sheet} />}
      </section>
      <Compare code={filing.code} key={filing.code} />
    </>
  )
}

function Standing({ holds, text }: { holds: boolean; text: string }) {
  return (
    <p className={holds ? 'verified' : 'late'} role="status">
      <strong>{text}</strong>
    </p>
  )
}

function Form({ answer, form }: { answer: PrintAnswer; form: FormAnswer }) {
  const t = useT()
  const names = useNames()
  const { entry } = form
  const standing = answer.in_force ? 'inForce' : form.kind === 'voided' ? 'voided' : 'replaced'
  return (
    <>
      <Standing holds={answer.in_force} text={t(`printing.${standing}`)} />
      <dl className="pairs">
        <dt>{t('printing.ledger')}</dt>
        <dd>
          <Link to={`/prisons/${entry.prison}/entries/${entry.id}`}>
            {names.ledger(entry.ledger)}
          </Link>{' '}
          <EntryTags entry={entry} />
        </dd>
        <dt>{t('entry.area')}</dt>
        <dd>
          {names.prison(entry.prison)} {names.area(entry.area)}
        </dd>
        <dt>{t('entry.occurred')}</dt>
        <dd>{showTime(form.occurred_at)}</dd>
        <dt>{t('entry.author')}</dt>
        <dd>{form.author_name}</dd>
        <dt>{t('printing.filedAt')}</dt>
        <dd>
          {showTime(form.filed_at)} · {t('entry.revisionN', { n: form.revision })}
        </dd>
        <dt>{t('printing.leaf')}</dt>
        <dd>{t('printing.leaves', { revision: form.revision_leaf, print: answer.leaf })}</dd>
        <Paper filing={answer.filing} />
      </dl>
      <p>
        <a href={formUrl(entry)} target="_blank" rel="noreferrer">
          {t('printing.openForm')}
        </a>
      </p>
    </>
  )
}

function Sheet({ answer, sheet }: { answer: PrintAnswer; sheet: SheetAnswer }) {
  const t = useT()
  const names = useNames()
  const { prison, area, run } = sheet
  return (
    <>
      <Standing
        holds={answer.in_force}
        text={t(answer.in_force ? 'printing.inForceSheet' : 'printing.replacedSheet')}
      />
      <dl className="pairs">
        <dt>{t('printing.sheetUnit')}</dt>
        <dd>
          {names.prison(prison)} {area && names.area(area)}
        </dd>
        <dt>{t('printing.sheetKind')}</dt>
        <dd>
          <Link to={`/prisons/${prison}/runs/${run}`}>
            {t('readiness.runTitle', {
              kind: t(`readiness.run.${sheet.kind}`),
              day: sheet.as_of,
            })}
          </Link>
        </dd>
        <dt>{t('printing.sheetScore')}</dt>
        <dd>
          {sheet.display}{' '}
          <span className={`status ${sheet.passes ? 'approved' : 'overdue'}`}>
            {t(sheet.passes ? 'score.pass' : 'score.fail')}
          </span>
        </dd>
        <dt>{t('printing.sheetMade')}</dt>
        <dd>
          {sheet.made_by_name} {showTime(sheet.recorded_at)}
        </dd>
        <dt>{t('printing.leaf')}</dt>
        <dd>{t('printing.sheetLeaves', { run: sheet.run_leaf, print: answer.leaf })}</dd>
        <Paper filing={answer.filing} />
      </dl>
      <p>
        <a href={sheetUrl(prison, run)} target="_blank" rel="noreferrer">
          {t('printing.openSheet')}
        </a>
      </p>
    </>
  )
}

function Paper({ filing }: { filing: PrintAnswer['filing'] }) {
  const t = useT()
  return (
    <>
      <dt>{t('printing.pages')}</dt>
      <dd>{filing.pages}</dd>
      <dt>SHA-256</dt>
      <dd className="mono">{filing.sha256}</dd>
      {filing.missing.length > 0 && (
        <>
          <dt>{t('printing.missing')}</dt>
          <dd className="mono">{filing.missing.join(' ')}</dd>
        </>
      )}
    </>
  )
}

function Compare({ code }: { code: string }) {
  const t = useT()
  const [said, setSaid] = useState<{ same: boolean; text: string }>()
  const [busy, setBusy] = useState(false)
  const compare = async (file: File | undefined) => {
    if (!file) return
    setBusy(true)
    setSaid(undefined)
    try {
      const { same, sha256 } = await compareForm(code, file)
      setSaid({ same, text: t(same ? 'printing.same' : 'printing.differs', { sha256 }) })
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      setSaid({ same: false, text: error.message })
    } finally {
      setBusy(false)
    }
  }
  return (
    <section
      className="panel verify-drop"
      aria-label={t('printing.compare')}
      aria-busy={busy}
      onDragOver={(e) => e.preventDefault()}
      onDrop={(e) => {
        e.preventDefault()
        void compare(e.dataTransfer.files[0])
      }}
    >
      <label htmlFor="verify-file">{t('printing.compare')}</label>
      <input
        id="verify-file"
        type="file"
        accept="application/pdf"
        onChange={(e) => void compare(e.target.files?.[0])}
      />
      <p className="quiet">{t('printing.compareHelp')}</p>
      {said && (
        <p role="status" className={said.same ? 'verified' : 'danger'}>
          <strong>{said.text}</strong>
        </p>
      )}
    </section>
  )
}
