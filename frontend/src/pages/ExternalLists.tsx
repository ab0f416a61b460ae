import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { Link } from 'react-router'
import type { Sheet } from '../api/model'
import { useWholePrison } from '../api/overview'
import { useOrganisation, usePrisons, useScore } from '../api/queries'
import {
  type ExternalList,
  importList,
  type Misread,
  useExternalLists,
  useStandardName,
} from '../api/standards'
import { PageTabs } from '../app/PageTabs'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { base64 } from '../standards/base64'
import { type Conformity, conformity } from '../standards/conformity'
import { Misreadings } from '../standards/Misreadings'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Failed, Loading, Ready } from '../ui/States'
import { toast } from '../ui/toast'
import '../approval/approval.css'

const tones: Record<Conformity, string> = {
  met: 'approved',
  unmet: 'returned',
  unchecked: 'warning',
  not_applicable: 'voided',
  unanswered: 'draft',
}

/** Criteria that others keep: what answers each clause, and whether an area conforms to it. */
export default function ExternalLists() {
  const t = useT()
  const query = useExternalLists()
  return (
    <>
      <PageTitle title={t('lists.title')} />
      <PageTabs of="/standards" />
      <Ready
        query={query}
        empty={({ lists, actions }) => lists.length === 0 && !actions.includes('manage')}
        whenEmpty={t('lists.none')}
      >
        {({ lists, actions }) => (
          <>
            {lists.length === 0 ? (
              <p className="panel quiet">{t('lists.none')}</p>
            ) : (
              <Shown lists={lists} />
            )}
            {actions.includes('manage') && <Import lists={lists} />}
          </>
        )}
      </Ready>
    </>
  )
}

function Shown({ lists }: { lists: ExternalList[] }) {
  const t = useT()
  const names = useNames()
  const prisons = usePrisons()
  const organisation = useOrganisation().data
  const [name, setName] = useState('')
  const [unit, setUnit] = useState('')
  const [open, setOpen] = useState(false)
  const list = lists.find((l) => l.list === name) ?? lists[0]!
  const [prison = '', area = ''] = unit.split(' ')
  const bare = list.clauses.filter((c) => c.answers.length === 0).length
  return (
    <section className="panel" aria-label={list.list}>
      <div className="delegation-form">
        <label>
          {t('lists.list')}
          <select value={list.list} onChange={(e) => setName(e.target.value)}>
            {lists.map((l) => (
              <option key={l.list}>{l.list}</option>
            ))}
          </select>
        </label>
        <label>
          {t('lists.unit')}
          <select value={unit} onChange={(e) => setUnit(e.target.value)}>
            <option value="">{t('lists.noUnit')}</option>
            {organisation?.prisons
              .filter((p) => prisons.includes(p.id))
              .map((p) => (
                <optgroup key={p.id} label={names.prison(p.id)}>
                  <option value={`${p.id} `}>
                    {t('lists.wholeUnit', { prison: names.prison(p.id) })}
                  </option>
                  {p.areas.map((a) => (
                    <option key={a.id} value={`${p.id} ${a.id}`}>
                      {names.area(a.id)}
                    </option>
                  ))}
                </optgroup>
              ))}
          </select>
        </label>
        <label>
          {t('lists.only')}
          <select value={String(open)} onChange={(e) => setOpen(e.target.value === 'true')}>
            <option value="false">{t('lists.all', { count: list.clauses.length })}</option>
            <option value="true">{t('lists.bare', { count: bare })}</option>
          </select>
        </label>
      </div>
      <p className="quiet">
        {t('lists.came', { version: list.version, name: list.by, at: showTime(list.at) })}
      </p>
      {list.strays.length > 0 && (
        <p className="danger">
          {t('lists.strays', {
            names: list.strays.map((s) => `${s.indicator} → ${s.clause}`).join(t('marks.list')),
          })}
        </p>
      )}
      {unit === '' ? (
        <Clauses list={list} open={open} />
      ) : area === '' ? (
        <OfPrison list={list} open={open} prison={prison} />
      ) : (
        <OfUnit list={list} open={open} prison={prison} area={area} />
      )}
    </section>
  )
}

function OfUnit(props: { list: ExternalList; open: boolean; prison: string; area: string }) {
  const { list, open, prison, area } = props
  const query = useScore(prison, area)
  if (query.data) return <Clauses list={list} open={open} sheet={query.data} />
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />
  return <Loading />
}

/** Whether the prison as a whole conforms, by the standard of prisons. */
function OfPrison({ list, open, prison }: { list: ExternalList; open: boolean; prison: string }) {
  const query = useWholePrison(prison)
  return (
    <Ready query={query}>
      {({ sheet }) => <Clauses list={list} open={open} {...(sheet && { sheet })} />}
    </Ready>
  )
}

function Clauses({ list, open, sheet }: { list: ExternalList; open: boolean; sheet?: Sheet }) {
  const t = useT()
  const standardName = useStandardName()
  const rows = list.clauses
    .filter((c) => !open || c.answers.length === 0)
    .map((clause) => ({ clause, says: sheet && conformity(clause, sheet) }))
  const met = rows.filter((r) => r.says === 'met').length
  const asked = rows.filter((r) => r.says && r.says !== 'unanswered' && r.says !== 'not_applicable')
  return (
    <>
      {sheet && (
        <p role="status">
          {t('lists.met', { met, asked: asked.length, day: sheet.to })}{' '}
          <span className="quiet">{t('lists.metMeans')}</span>
        </p>
      )}
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('lists.number')}</th>
            <th scope="col" style={{ width: '45%' }}>
              {t('lists.text')}
            </th>
            <th scope="col">{t('lists.answers')}</th>
            {sheet && <th scope="col">{t('lists.conformity')}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ clause, says }) => (
            <tr key={clause.number}>
              <td className="whole">{clause.number}</td>
              <td>{clause.text}</td>
              <td>
                {clause.answers.length === 0 ? (
                  <span className="late">{t('lists.uncovered')}</span>
                ) : (
                  clause.answers.map((a) => (
                    <div key={`${a.standard} ${a.version} ${a.indicator}`}>
                      <Link to={`/standards/${a.standard}/v/${a.version}`}>
                        {a.indicator} · {standardName(a.standard)}{' '}
                        {t('standards.versionN', { version: a.version })}
                      </Link>
                    </div>
                  ))
                )}
              </td>
              {says && (
                <td>
                  <span className={`status ${tones[says]}`}>{t(`lists.says_${says}`)}</span>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function Import({ lists }: { lists: ExternalList[] }) {
  const t = useT()
  const { busy, problems, run } = useAct()
  const [mistakes, setMistakes] = useState<Misread[]>([])
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const form = e.currentTarget
    const typed = new FormData(form)
    const file = typed.get('file')
    if (!(file instanceof File)) return
    const table = await base64(file)
    setMistakes([])
    await run(async (key) => {
      const answer = await importList(String(typed.get('list') ?? '').trim(), table, key)
      setMistakes(answer.mistakes)
      if (answer.version === undefined) return
      form.reset()
      toast(t('lists.imported', { version: answer.version }))
    })
  }
  return (
    <section className="panel" aria-labelledby="import-list">
      <h2 id="import-list">{t('lists.import')}</h2>
      <p className="quiet">{t('lists.importMeans')}</p>
      <form className="delegation-form" onSubmit={(e) => void send(e)}>
        <label>
          {t('lists.name')}
          <input name="list" required maxLength={200} list="list-names" />
        </label>
        <datalist id="list-names">
          {lists.map((l) => (
            <option key={l.list} value={l.list} />
          ))}
        </datalist>
        <label>
          {t('standards.file')}
          <input name="file" type="file" accept=".xlsx,.csv" required />
        </label>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('lists.bringIn')}
        </Button>
      </form>
      <Problems list={problems} />
      <Misreadings list={mistakes} none={t('lists.misread', { count: mistakes.length })} />
    </section>
  )
}
