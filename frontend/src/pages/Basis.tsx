import { Button } from 'antd'
import type { FormEvent } from 'react'
import { now } from '../api/clock'
import {
  addBasis,
  attachBasis,
  type BasisDocument,
  basisFileUrl,
  replaceBasis,
  useBasis,
} from '../api/standards'
import { PageTabs } from '../app/PageTabs'
import { today } from '../form/time'
import { useT } from '../i18n'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'
import '../approval/approval.css'
import '../standards/basis.css'

const levels = ['law', 'ministry', 'province', 'reform', 'justice', 'bureau', 'other'] as const

/** The superior documents, what rests on each, and which indicators to look at again. */
export default function Basis() {
  const t = useT()
  const query = useBasis()
  return (
    <>
      <PageTitle title={t('standards.basis')} />
      <PageTabs of="/standards" />
      <Ready
        query={query}
        empty={({ documents, actions }) => documents.length === 0 && actions.length === 0}
        whenEmpty={t('standards.noBasis')}
      >
        {({ documents, actions }) => (
          <>
            <div className="panel">
              <table className="plain">
                <thead>
                  <tr>
                    <th scope="col">{t('standards.document')}</th>
                    <th scope="col">{t('standards.issuer')}</th>
                    <th scope="col">{t('standards.level')}</th>
                    <th scope="col">{t('standards.issuedOn')}</th>
                    <th scope="col">{t('standards.replacedBy')}</th>
                    <th scope="col">{t('standards.restsOn')}</th>
                    <th scope="col">{t('standards.files')}</th>
                  </tr>
                </thead>
                <tbody>
                  {documents.map((d) => (
                    <tr key={d.title}>
                      <td>
                        {d.title}
                        {d.number && <span className="quiet"> {d.number}</span>}
                      </td>
                      <td>{d.issuer}</td>
                      <td>{t(`standards.level_${d.level}`)}</td>
                      <td>{d.issued_on ?? '—'}</td>
                      <td>{d.replaced_by ? `${d.replaced_by} · ${d.replaced_on}` : '—'}</td>
                      <td>
                        <Uses of={d} />
                      </td>
                      <td>
                        <Files of={d} />
                        {actions.includes('manage') && <Attach to={d.title} />}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {actions.includes('manage') && (
              <>
                <Add />
                <Replace documents={documents} />
              </>
            )}
          </>
        )}
      </Ready>
    </>
  )
}

function Uses({ of: d }: { of: BasisDocument }) {
  const t = useT()
  if (d.uses.length === 0) return <>—</>
  return (
    <details>
      <summary className={d.replaced ? 'danger' : undefined}>
        {t(d.replaced ? 'standards.toReview' : 'standards.count', { count: d.uses.length })}
      </summary>
      <ul>
        {d.uses.map((u) => (
          <li key={`${u.standard} ${u.version} ${u.indicator} ${u.clause}`}>
            {u.indicator} {u.clause} · {u.standard}{' '}
            {t('standards.versionN', { version: u.version })}
          </li>
        ))}
      </ul>
    </details>
  )
}

/** The document itself: the newest version, and those before it. */
function Files({ of: d }: { of: BasisDocument }) {
  const t = useT()
  const link = (f: BasisDocument['files'][number]) => (
    <a href={basisFileUrl(d.title, f.version)} download>
      {f.name} · {t('standards.fileOf', { version: f.version, day: f.added_on })}
    </a>
  )
  const [newest, ...older] = d.files
  if (!newest) return <span className="quiet">{t('standards.noFile')}</span>
  return (
    <>
      {link(newest)}
      {older.length > 0 && (
        <details>
          <summary>{t('standards.olderFiles', { count: older.length })}</summary>
          <ul>
            {older.map((f) => (
              <li key={f.version}>{link(f)}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

function Attach({ to }: { to: string }) {
  const t = useT()
  const { busy, problems, run } = useAct()
  const send = async (file: File | undefined) => {
    if (file && (await run((key) => attachBasis(to, file, key)))) toast(t('standards.attached'))
  }
  return (
    <>
      <label className="quiet basis-attach" aria-busy={busy}>
        {t('standards.attach')}{' '}
        <input
          type="file"
          aria-label={t('standards.attachTo', { title: to })}
          disabled={busy}
          onChange={(e) => {
            void send(e.target.files?.[0])
            e.target.value = ''
          }}
        />
      </label>
      <Problems list={problems} />
    </>
  )
}

/** The fields of a form by their names. */
function fields(e: FormEvent<HTMLFormElement>): Record<string, string> {
  e.preventDefault()
  return Object.fromEntries(
    [...new FormData(e.currentTarget)].map(([name, v]) => [name, String(v).trim()]),
  )
}

function Add() {
  const t = useT()
  const { busy, problems, run } = useAct()
  const send = async (e: FormEvent<HTMLFormElement>) => {
    const form = e.currentTarget
    const body = fields(e)
    if (await run((key) => addBasis(body, key))) {
      form.reset()
      toast(t('standards.added'))
    }
  }
  return (
    <section className="panel" aria-labelledby="add-basis">
      <h2 id="add-basis">{t('standards.addBasis')}</h2>
      <form className="delegation-form" onSubmit={(e) => void send(e)}>
        <label>
          {t('standards.document')}
          <input name="title" required maxLength={200} />
        </label>
        <label>
          {t('standards.issuer')}
          <input name="issuer" required maxLength={200} />
        </label>
        <label>
          {t('standards.level')}
          <select name="level">
            {levels.map((l) => (
              <option key={l} value={l}>
                {t(`standards.level_${l}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('standards.number')}
          <input name="number" maxLength={100} />
        </label>
        <label>
          {t('standards.issuedOn')}
          <input name="issued_on" type="date" />
        </label>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('standards.add')}
        </Button>
      </form>
      <Problems list={problems} />
    </section>
  )
}

function Replace({ documents }: { documents: BasisDocument[] }) {
  const t = useT()
  const { busy, problems, run } = useAct()
  const send = async (e: FormEvent<HTMLFormElement>) => {
    const { title = '', by = '', on = '' } = fields(e)
    if (await run((key) => replaceBasis({ title, by, on }, key))) toast(t('standards.replaced'))
  }
  return (
    <section className="panel" aria-labelledby="replace-basis">
      <h2 id="replace-basis">{t('standards.replaceBasis')}</h2>
      <form className="delegation-form" onSubmit={(e) => void send(e)}>
        <label>
          {t('standards.document')}
          <select name="title">
            {documents
              .filter((d) => !d.replaced_by)
              .map((d) => (
                <option key={d.title}>{d.title}</option>
              ))}
          </select>
        </label>
        <label>
          {t('standards.replacedBy')}
          <select name="by">
            {documents
              .filter((d) => !d.replaced_by)
              .map((d) => (
                <option key={d.title}>{d.title}</option>
              ))}
          </select>
        </label>
        <label>
          {t('standards.replacedOn')}
          <input name="on" type="date" required defaultValue={today(now())} />
        </label>
        <Button htmlType="submit" loading={busy}>
          {t('standards.replace')}
        </Button>
      </form>
      <Problems list={problems} />
    </section>
  )
}
