import { Button } from 'antd'
import { Link, useParams } from 'react-router'
import { Item } from '../accreditation/Item'
import { useLevel, useUnit } from '../accreditation/words'
import { putOnAgenda, type Sitting, useSitting } from '../api/meetings'
import { useT } from '../i18n'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Ready } from '../ui/States'
import { toast } from '../ui/toast'

/** One meeting: its agenda, and of each item who is there, who stays out, votes, outcome and minutes. */
export default function MeetingPage() {
  const { meeting = '' } = useParams()
  return <Ready query={useSitting(meeting)}>{(sitting) => <Whole sitting={sitting} />}</Ready>
}

function Whole({ sitting }: { sitting: Sitting }) {
  const t = useT()
  return (
    <>
      <PageTitle
        title={sitting.title}
        beside={
          <span className="quiet">
            {t(`meetings.body_${sitting.body}`)} · {sitting.day}
          </span>
        }
      >
        <Link to="/meetings">{t('meetings.title')}</Link>
      </PageTitle>
      {sitting.agenda.length === 0 && <Empty>{t('meetings.noItems')}</Empty>}
      {sitting.agenda.map((i) => (
        <Item key={i.id} item={i} />
      ))}
      {sitting.waiting.length > 0 && (
        <section className="panel" aria-labelledby="waiting">
          <h2 id="waiting">{t('meetings.waiting')}</h2>
          <ul>
            {sitting.waiting.map((w) => (
              <Waits key={w.case} meeting={sitting.id} of={w} />
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function Waits({ meeting, of }: { meeting: string; of: Sitting['waiting'][number] }) {
  const t = useT()
  const unit = useUnit()
  const level = useLevel()
  const { busy, problems, run } = useAct()
  const title = `${unit(of)} · ${level(of.level)}`
  const put = async () => {
    if (await run((key) => putOnAgenda(of.prison, meeting, of.case, key)))
      toast(t('meetings.putDone'))
  }
  return (
    <li>
      <Link to={`/prisons/${of.prison}/cases/${of.case}`}>{title}</Link>{' '}
      <Button
        loading={busy}
        aria-label={`${t('meetings.put')} ${title}`}
        onClick={() => void put()}
      >
        {t('meetings.put')}
      </Button>
      <Problems list={problems} />
    </li>
  )
}
