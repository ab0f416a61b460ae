import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { now } from '../api/clock'
import {
  draftStandard,
  issueStandard,
  nextOf,
  reviewStandard,
  useStandard,
  useTitled,
  type Whole,
} from '../api/standards'
import { today } from '../form/time'
import { useT } from '../i18n'
import { Gaps } from '../standards/Gaps'
import { Problems } from '../standards/Problems'
import { Tree } from '../standards/Tree'
import { useAct } from '../standards/useAct'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'
import '../approval/approval.css'

/** One version: what it asks, how points are deducted and how it is checked, side by side. */
export default function StandardPage() {
  const t = useT()
  const titled = useTitled()
  const { standard = '', version = '' } = useParams()
  const query = useStandard(standard, Number(version))
  const v = query.data?.version
  return (
    <>
      <PageTitle title={v ? titled(v) : t('standards.one')} />
      <Ready query={query}>
        {(whole) => (
          <>
            <Head whole={whole} />
            <Gaps artefacts={whole} />
            <Tree artefacts={whole} />
          </>
        )}
      </Ready>
    </>
  )
}

function Head({ whole }: { whole: Whole }) {
  const t = useT()
  const { version: v, actions } = whole
  const go = useNavigate()
  const next = useAct()
  const draft = async () => {
    const at = v.version + 1
    const done = await next.run((key) => draftStandard(nextOf(whole, at), key))
    if (done) await go(`/standards/${v.standard}/v/${at}/edit`)
  }
  const open = v.state === 'draft' || v.state === 'reviewed'
  return (
    <section className="panel" aria-label={t('standards.standing')}>
      <p>
        {t('standards.versionN', { version: v.version })} · {t(`standards.unit_${v.unit.kind}`)} ·{' '}
        {t('standards.ofPoints', { line: v.line, points: v.points })} ·{' '}
        {t(`standards.state_${v.state}`)}
        {v.effective_on && ` · ${t('standards.since', { day: v.effective_on })}`}
      </p>
      {v.review && (
        <p>
          {t(`standards.verdict_${v.review.verdict}`, { name: v.review.reviewer })}
          {v.review.comment && t('marks.colon') + v.review.comment}
        </p>
      )}
      {open && actions.includes('edit') && (
        <p>
          <Link to={`/standards/${v.standard}/v/${v.version}/edit`}>{t('standards.edit')}</Link>
        </p>
      )}
      {v.version > 1 && (
        <p>
          <Link to={`/standards/${v.standard}/v/${v.version}/mapping`}>{t('mapping.open')}</Link>
        </p>
      )}
      {v.state === 'draft' && v.review?.verdict !== 'return' && (
        <p className="quiet">{t('standards.waits')}</p>
      )}
      {v.state === 'draft' && actions.includes('approve') && <Review whole={whole} />}
      {v.state === 'reviewed' && actions.includes('manage') && <Issue whole={whole} />}
      {!open && actions.includes('create') && (
        <Button loading={next.busy} onClick={() => void draft()}>
          {t('standards.next')}
        </Button>
      )}
      <Problems list={next.problems} />
    </section>
  )
}

function Review({ whole: { version } }: { whole: Whole }) {
  const t = useT()
  const [comment, setComment] = useState('')
  const { busy, problems, run } = useAct()
  const say = async (verdict: 'pass' | 'return') => {
    if (await run((key) => reviewStandard(version, verdict, comment.trim(), key)))
      toast(t('standards.reviewed'))
  }
  return (
    <form className="delegation-form" onSubmit={(e) => e.preventDefault()}>
      <label>
        {t('standards.comment')}
        <input value={comment} maxLength={500} onChange={(e) => setComment(e.target.value)} />
      </label>
      <Button type="primary" loading={busy} onClick={() => void say('pass')}>
        {t('standards.pass')}
      </Button>
      <Button disabled={comment.trim() === ''} loading={busy} onClick={() => void say('return')}>
        {t('standards.return')}
      </Button>
      <Problems list={problems} />
    </form>
  )
}

function Issue({ whole: { version } }: { whole: Whole }) {
  const t = useT()
  const { busy, problems, run } = useAct()
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const day = String(new FormData(e.currentTarget).get('day') ?? '')
    if (await run((key) => issueStandard(version, day, key))) toast(t('standards.issued'))
  }
  return (
    <form className="delegation-form" onSubmit={(e) => void send(e)}>
      <label>
        {t('standards.effective')}
        <input type="date" name="day" required defaultValue={today(now())} />
      </label>
      <Button type="primary" htmlType="submit" loading={busy}>
        {t('standards.issue')}
      </Button>
      <Problems list={problems} />
    </form>
  )
}
