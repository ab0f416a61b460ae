import { Button } from 'antd'
import { useId, useState } from 'react'
import { Link } from 'react-router'
import { actOnItem, type NewItemAct, type Rectification } from '../api/checks'
import { lookup } from '../api/lookup'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { ActForm, Sentences } from './ActForm'
import { useCheckName } from './names'
import { Thumbs } from './Photos'
import { Proof } from './Proof'
import { itemTones } from './words'

/** What is to be put right: by whom, until when, and who saw that it was. */
export function Items({ prison, list }: { prison: string; list: Rectification[] }) {
  const t = useT()
  const names = useNames()
  const nameOf = useCheckName()
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t('checks.item')}</th>
          <th scope="col">{t('checks.unit')}</th>
          <th scope="col">{t('checks.owner')}</th>
          <th scope="col">{t('checks.dueOn')}</th>
          <th scope="col">{t('checks.state')}</th>
          <th scope="col">{t('checks.todo')}</th>
        </tr>
      </thead>
      <tbody>
        {list.map((r) => (
          <tr key={r.id}>
            <td>
              <Link to={`/prisons/${prison}/checks/${r.check}`}>
                <span className="mono">{r.line}</span> {nameOf(r)}
              </Link>
              <div>{r.note}</div>
              <Thumbs prison={prison} check={r.check} list={r.photos} />
            </td>
            <td>{r.area ? names.area(r.area) : t('checks.whole')}</td>
            <td>{r.owner_name || '—'}</td>
            <td>
              {r.due_on}{' '}
              {r.overdue && <span className="status overdue">{t('checks.overdue')}</span>}
            </td>
            <td>
              <span className={`status ${itemTones[r.state]}`}>
                {t(`checks.itemStates.${r.state}`)}
              </span>
              {r.acts.map((a) => (
                <div key={a.seq} className="quiet">
                  {t(`checks.acts.${a.kind}`)} {a.cause} {a.action} {a.by_name}{' '}
                  {showTime(a.recorded_at)}{' '}
                  {a.entry && (
                    <Link to={`/prisons/${prison}/entries/${a.entry}`}>{t('checks.entry')}</Link>
                  )}
                </div>
              ))}
            </td>
            <td>
              {r.actions.map((kind) => (
                <ItemAct key={kind} prison={prison} item={r} kind={kind} />
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface ActProps {
  prison: string
  item: Rectification
  kind: NewItemAct['kind']
}

function ItemAct({ prison, item, kind }: ActProps) {
  const t = useT()
  return (
    <ActForm
      label={t(`checks.act.${kind}`)}
      of={`${item.line} ${item.note}`}
      done={t('checks.done')}
      say={(typed, key) => {
        const body: NewItemAct = { kind, action: typed('action') }
        if (kind === 'assigned') {
          body.owner = typed('owner')
          body.cause = typed('cause')
        }
        if (typed('entry')) body.entry = typed('entry')
        return actOnItem(prison, item.id, body, key)
      }}
    >
      {kind === 'assigned' && (
        <>
          <Owner prison={prison} area={item.area ?? ''} />
          <Sentences name="cause" label={t('checks.cause')} />
        </>
      )}
      <Sentences name="action" label={t(`checks.actionOf.${kind}`)} />
      {kind === 'done' && <Proof prison={prison} area={item.area ?? ''} />}
    </ActForm>
  )
}

/** A police number, found by typing a part of the name or of the number. */
function Owner({ prison, area }: { prison: string; area: string }) {
  const t = useT()
  const id = useId()
  const [typed, type] = useState('')
  const [found, setFound] = useState<{ value: string; label: string }[]>([])
  const find = async () =>
    setFound(await lookup(prison, area, 'police', typed, new AbortController().signal))
  return (
    <label className="wide">
      {t('checks.ownerNumber')}
      <span>
        <input
          name="owner"
          required
          list={id}
          value={typed}
          onChange={(e) => type(e.target.value)}
        />{' '}
        <Button onClick={() => void find()}>{t('checks.lookUp')}</Button>
      </span>
      <datalist id={id}>
        {found.map((p) => (
          <option key={p.value} value={p.value}>
            {p.label}
          </option>
        ))}
      </datalist>
    </label>
  )
}
