import { Button } from 'antd'
import { Link, useParams, useSearchParams } from 'react-router'
import { BulletinText } from '../accreditation/BulletinText'
import { acknowledge, bulletinPaperUrl, type IssuedBulletin, useBulletin } from '../api/bulletins'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'

/** One issue of the annual bulletin, what is otherwise in it, and who has acknowledged it. */
export default function BulletinPage() {
  const { year = '', issue = '' } = useParams()
  return <Ready query={useBulletin(year, issue)}>{(b) => <Whole bulletin={b} />}</Ready>
}

function Whole({ bulletin }: { bulletin: IssuedBulletin }) {
  const t = useT()
  return (
    <>
      <PageTitle title={t('bulletins.issueOf', { year: bulletin.year, issue: bulletin.issue })}>
        <a href={bulletinPaperUrl(bulletin.year, bulletin.issue)} target="_blank" rel="noreferrer">
          {t('bulletins.paper')}
        </a>
      </PageTitle>
      <p>
        <Link to="/bulletins">{t('bulletins.back')}</Link>{' '}
        <span className={`status ${bulletin.newest ? 'approved' : 'voided'}`}>
          {t(bulletin.newest ? 'bulletins.newest' : 'bulletins.replaced')}
        </span>{' '}
        {showTime(bulletin.issued_at)} {bulletin.by}{' '}
        {bulletin.marks && (
          <Link to={`/bulletins/${bulletin.year}/${bulletin.marks.against}`}>
            {t('bulletins.marks', { n: bulletin.marks.against })}
          </Link>
        )}
      </p>
      <BulletinText of={bulletin} />
      <Acks bulletin={bulletin} />
      <p className="quiet">
        {t('bulletins.digest')} <span className="mono">{bulletin.digest}</span>
      </p>
    </>
  )
}

// They stand at the end of the page.
const seen = (heading: HTMLElement | null) => heading?.focus()

function Acks({ bulletin }: { bulletin: IssuedBulletin }) {
  const t = useT()
  const [asked] = useSearchParams()
  const names = useNames()
  return (
    <section className="panel" aria-labelledby="bulletin-acks">
      <h2 id="bulletin-acks" ref={asked.has('acks') ? seen : undefined} tabIndex={-1}>
        {t('bulletins.ackTitle')}
      </h2>
      <ul>
        {bulletin.acks.map((a) => (
          <li key={a.department}>
            {names.office(a.department)}
            {t('marks.colon')}
            {a.at
              ? t('bulletins.acked', { by: a.by ?? '', at: showTime(a.at) })
              : t('bulletins.unacked')}{' '}
            {bulletin.newest && bulletin.may_ack.includes(a.department) && (
              <Acknowledge bulletin={bulletin} department={a.department} />
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Acknowledge({ bulletin, department }: { bulletin: IssuedBulletin; department: string }) {
  const t = useT()
  const names = useNames()
  const { busy, problems, run } = useAct()
  const send = async () => {
    if (await run((key) => acknowledge(bulletin, department, key))) toast(t('bulletins.ackDone'))
  }
  return (
    <>
      <Button
        type="primary"
        loading={busy}
        aria-label={t('bulletins.ackFor', { department: names.office(department) })}
        onClick={() => void send()}
      >
        {t('bulletins.ack')}
      </Button>
      <Problems list={problems} />
    </>
  )
}
