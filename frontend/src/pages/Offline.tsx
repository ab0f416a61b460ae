import { Button, Progress } from 'antd'
import { Link } from 'react-router'
import { isProblem } from '../api/problem'
import { fileSize } from '../entry/EvidenceList'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { useConnection } from '../offline/connection'
import { useSync, useWorks } from '../offline/context'
import { Overruled } from '../offline/Overruled'
import type { Work } from '../offline/work'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Empty, Loading } from '../ui/States'
import { toast } from '../ui/toast'

/** Why something still waits, by how the sending ended. */
const why = {
  away: 'offline.stillAway',
  busy: 'offline.stillBusy',
  failed: 'offline.stillFailing',
  'signed-out': 'offline.signInFirst',
} as const

/** What lies on this computer: drafts that are only here, what waits, what needs a person. */
export default function Offline() {
  const t = useT()
  const works = useWorks()
  const sync = useSync()
  const online = useConnection() === 'online'
  const waiting = works?.some((w) => w.state === 'waiting') ?? false
  const send = async () => {
    const run = await sync.send()
    if (run !== 'done') toast(t(why[run]))
  }
  return (
    <>
      <PageTitle title={t('offline.title')}>
        <Button type="primary" disabled={!waiting} onClick={() => void send()}>
          {t('offline.sendNow')}
        </Button>
      </PageTitle>
      <p className="quiet">{t(online ? 'offline.introOnline' : 'offline.introAway')}</p>
      {works === undefined && <Loading />}
      {works?.length === 0 && <Empty>{t('offline.empty')}</Empty>}
      {works?.map((work) => (
        <Item key={work.id} work={work} />
      ))}
    </>
  )
}

const tone = {
  editing: 'draft',
  waiting: 'submitted',
  refused: 'returned',
  branched: 'overdue',
  delivered: 'approved',
} as const

function Item({ work }: { work: Work }) {
  const t = useT()
  const names = useNames()
  const { works } = useSync()
  const entry = `/prisons/${work.prison}/entries/${work.id}`
  const name = names.ledger(work.ledger)
  const remove = async () => {
    const lost = work.state !== 'delivered' && work.state !== 'branched'
    if (lost && !window.confirm(t('offline.removeAsk', { name }))) return
    await works.remove(work)
  }
  const save = async () => {
    try {
      await works.queue(work.id, work.doc, 'draft', '')
    } catch (error) {
      if (!isProblem(error)) throw error
      toast(error.message)
    }
  }
  return (
    <section className="panel" aria-labelledby={`work-${work.id}`}>
      <div className="page-title">
        <h2 id={`work-${work.id}`}>{name}</h2>
        <span className={`status ${tone[work.state]}`}>{t(`offline.state_${work.state}`)}</span>
        <span className="quiet">
          {names.area(work.area)} ·{' '}
          {t('offline.keptAt', { time: showTime(new Date(work.changedAt).toISOString()) })}
        </span>
      </div>
      {work.state === 'branched' && <p className="late">{t('offline.branchedHint')}</p>}
      {work.state === 'delivered' && <p className="quiet">{t('offline.deliveredHint')}</p>}
      <Overruled work={work} />
      {work.problem && (
        <p className="danger">
          {problemText(work, t)}
          {work.problem.errors.map((e) => (
            <span key={e.pointer + e.code}> {e.message}</span>
          ))}
        </p>
      )}
      {work.files.map((file) => (
        <div key={file.id} className="upload-row">
          <span>{file.name}</span>
          <span className="quiet">{fileSize(file.size)}</span>
          <Progress
            size="small"
            percent={Math.floor(((file.confirmed ? file.size : file.sent) / file.size) * 100)}
            aria-label={file.name}
          />
          <span className="quiet">
            {t(file.confirmed ? 'offline.fileConfirmed' : 'offline.fileHere')}
          </span>
        </div>
      ))}
      <p>
        {(work.state === 'editing' || work.state === 'waiting' || work.state === 'refused') && (
          <Link to={`/offline/${work.id}`}>{t('offline.goOn')}</Link>
        )}
        {(work.state === 'branched' || work.state === 'delivered') && (
          <Link to={entry}>{t(`offline.open_${work.state}`)}</Link>
        )}{' '}
        {work.state === 'editing' && (
          <Button size="small" onClick={() => void save()}>
            {t('offline.saveToServer')}
          </Button>
        )}{' '}
        <Button
          size="small"
          danger={work.state !== 'delivered'}
          aria-label={work.state === 'delivered' ? undefined : t('offline.removeNamed', { name })}
          onClick={() => void remove()}
        >
          {t(work.state === 'delivered' ? 'offline.dismiss' : 'offline.remove')}
        </Button>
      </p>
    </section>
  )
}

function problemText({ problem }: Work, t: ReturnType<typeof useT>): string {
  if (problem?.code === 'digest_differs') return t('offline.digestDiffers')
  if (problem?.code === 'bytes_gone') return t('offline.bytesGone', { name: problem.message })
  return problem?.message ?? ''
}
