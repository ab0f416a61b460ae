import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import {
  pauseConnector,
  rejectedFile,
  runConnector,
  sendAgain,
  useConnectorRuns,
  useConnectors,
  useOutbox,
  useRejected,
} from '../api/connectors'
import type { Connector, ConnectorRun, OutboxMessage } from '../api/model'
import { ProblemError } from '../api/problem'
import { usePrison } from '../api/queries'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'

/** Connectors with other systems: how they fare, what they refused, what is to leave. */
export default function Connectors() {
  const t = useT()
  const prison = usePrison()
  const [chosen, choose] = useState<Connector>()
  return (
    <>
      <PageTitle title={t('menu.connectors')} />
      <p className="quiet">{t('connectors.about')}</p>
      <List prison={prison} choose={choose} />
      {chosen && <Detail key={chosen.id} prison={prison} connector={chosen} />}
      <Outbox prison={prison} />
    </>
  )
}

/** Does one act, says how it went, and asks anew. */
function useAct() {
  const queries = useQueryClient()
  return async (act: () => Promise<void>, done = '') => {
    try {
      await act()
      if (done) toast(done)
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast(error.message)
    }
    await queries.invalidateQueries({ queryKey: ['connectors'] })
  }
}

function stateOf(c: Connector) {
  if (!c.configured) return 'connectors.gone'
  if (c.paused) return 'connectors.paused'
  if (c.running) return 'connectors.running'
  if (c.last?.state === 'failed') return 'connectors.failed'
  return 'connectors.ready'
}

function List({ prison, choose }: { prison: string; choose: (c: Connector) => void }) {
  const t = useT()
  const lang = useLang()
  const act = useAct()
  const query = useConnectors(prison)
  const doIt = {
    run: (c: Connector) => act(() => runConnector(prison, c.id), t('connectors.started')),
    pause: (c: Connector) => act(() => pauseConnector(prison, c.id, true)),
    resume: (c: Connector) => act(() => pauseConnector(prison, c.id, false)),
  }
  return (
    <section className="panel">
      <Ready
        query={query}
        empty={(list) => list.length === 0}
        whenEmpty={<p>{t('connectors.empty')}</p>}
      >
        {(list) => (
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('connectors.connector')}</th>
                <th scope="col">{t('connectors.place')}</th>
                <th scope="col">{t('connectors.state')}</th>
                <th scope="col">{t('connectors.last')}</th>
                <th scope="col">{t('connectors.rejected')}</th>
                <th scope="col">{t('connectors.acts')}</th>
              </tr>
            </thead>
            <tbody>
              {list.map((c) => (
                <tr key={c.id}>
                  <th scope="row">
                    {text(c.title, lang)}
                    <div className="quiet">
                      {t(`connectors.kind_${c.kind}`)}
                      {c.target && ` · ${t(`connectors.target_${c.target}`)}`}
                    </div>
                  </th>
                  <td className="mono">{c.place}</td>
                  <td>
                    <span className={c.last?.state === 'failed' ? 'danger' : undefined}>
                      {t(stateOf(c))}
                    </span>
                    {c.next_at && (
                      <div className="quiet">
                        {t('connectors.next', { at: showTime(c.next_at) })}
                      </div>
                    )}
                  </td>
                  <td>{c.kind === 'webhook' ? '—' : <Last run={c.last} />}</td>
                  <td>
                    {c.open_rejections > 0 ? (
                      <strong className="late">
                        {t('connectors.open', { count: c.open_rejections })}
                      </strong>
                    ) : (
                      '—'
                    )}
                  </td>
                  <td>
                    <span className="row-actions">
                      {c.kind !== 'webhook' && (
                        <Button size="small" onClick={() => choose(c)}>
                          {t('connectors.view')}
                        </Button>
                      )}
                      {c.actions.map((a) => (
                        <Button key={a} size="small" onClick={() => void doIt[a](c)}>
                          {t(`connectors.${a}`)}
                        </Button>
                      ))}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Ready>
    </section>
  )
}

function Last({ run }: { run: ConnectorRun | undefined }) {
  const t = useT()
  const lang = useLang()
  if (!run) return <span className="quiet">{t('connectors.never')}</span>
  return (
    <>
      {showTime(run.ended_at)}
      <div className={run.problem ? 'danger' : 'quiet'}>
        {run.problem
          ? text(run.problem, lang)
          : `${t('connectors.read')} ${run.read} · ${t('connectors.changed')} ${run.changed} · ${t('connectors.rejected')} ${run.rejected}`}
      </div>
    </>
  )
}

function Detail({ prison, connector }: { prison: string; connector: Connector }) {
  const t = useT()
  const lang = useLang()
  const runs = useConnectorRuns(prison, connector.id)
  const rejected = useRejected(prison, connector.id)
  const title = text(connector.title, lang)
  return (
    <>
      <section className="panel">
        <div className="page-title">
          <h2>{t('connectors.rejectedTitle', { title })}</h2>
          {(rejected.data?.length ?? 0) > 0 && (
            <Button size="small" href={rejectedFile(prison, connector.id)} download>
              {t('connectors.export')}
            </Button>
          )}
        </div>
        <Ready
          query={rejected}
          empty={(list) => list.length === 0}
          whenEmpty={<p>{t('connectors.noRejected')}</p>}
        >
          {(list) => (
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('connectors.time')}</th>
                  <th scope="col">{t('connectors.key')}</th>
                  <th scope="col">{t('connectors.field')}</th>
                  <th scope="col">{t('connectors.reason')}</th>
                  <th scope="col">{t('connectors.state')}</th>
                </tr>
              </thead>
              <tbody>
                {list.map((r) => (
                  <tr key={`${r.run}/${r.number}`}>
                    <td>{showTime(r.recorded_at)}</td>
                    <td className="mono">{r.key || '—'}</td>
                    <td className="mono">
                      {r.problems.map((p) => p.pointer.slice(1)).join(t('marks.list'))}
                    </td>
                    <td>{r.problems.map((p) => p.message).join(t('marks.clause'))}</td>
                    <td>{r.mended ? t('connectors.mended') : t('connectors.rejected')}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Ready>
      </section>
      <section className="panel">
        <h2>{t('connectors.runs', { title })}</h2>
        <Ready
          query={runs}
          empty={(list) => list.length === 0}
          whenEmpty={<p>{t('connectors.never')}</p>}
        >
          {(list) => (
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('connectors.time')}</th>
                  <th scope="col">{t('connectors.state')}</th>
                  <th scope="col">{t('connectors.read')}</th>
                  <th scope="col">{t('connectors.changed')}</th>
                  <th scope="col">{t('connectors.unchanged')}</th>
                  <th scope="col">{t('connectors.rejected')}</th>
                </tr>
              </thead>
              <tbody>
                {list.map((r) => (
                  <tr key={r.id}>
                    <td>{showTime(r.ended_at)}</td>
                    <td className={r.problem ? 'danger' : undefined}>
                      {t(`connectors.${r.state}`)} {r.problem && text(r.problem, lang)}
                    </td>
                    <td>{r.read}</td>
                    <td>{r.changed}</td>
                    <td>{r.unchanged}</td>
                    <td>{r.rejected}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Ready>
      </section>
    </>
  )
}

const events = {
  'entry.approved': 'connectors.event_entry_approved',
  'entry.voided': 'connectors.event_entry_voided',
  'duty.missed': 'connectors.event_duty_missed',
} as const

function Outbox({ prison }: { prison: string }) {
  const t = useT()
  const lang = useLang()
  const act = useAct()
  const query = useOutbox(prison)
  const again = (m: OutboxMessage) => act(() => sendAgain(prison, m.id), t('connectors.sent'))
  return (
    <section className="panel">
      <h2>{t('connectors.outbox')}</h2>
      <Ready
        query={query}
        empty={(list) => list.length === 0}
        whenEmpty={<p>{t('connectors.noOutbox')}</p>}
      >
        {(list) => (
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('connectors.time')}</th>
                <th scope="col">{t('connectors.event')}</th>
                <th scope="col">{t('connectors.connector')}</th>
                <th scope="col">{t('connectors.state')}</th>
                <th scope="col">{t('connectors.attempts')}</th>
                <th scope="col">{t('connectors.acts')}</th>
              </tr>
            </thead>
            <tbody>
              {list.map((m) => (
                <tr key={m.id}>
                  <td>{showTime(m.recorded_at)}</td>
                  <td>{m.event in events ? t(events[m.event as keyof typeof events]) : m.event}</td>
                  <td>{m.connector}</td>
                  <td className={m.state === 'dead' ? 'danger' : undefined}>
                    {t(`connectors.message_${m.state}`)}
                    {m.problem && <div>{text(m.problem, lang)}</div>}
                  </td>
                  <td>{m.attempts}</td>
                  <td>
                    {m.actions.map((a) => (
                      <Button key={a} size="small" onClick={() => void again(m)}>
                        {t(`connectors.${a}`)}
                      </Button>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Ready>
    </section>
  )
}
