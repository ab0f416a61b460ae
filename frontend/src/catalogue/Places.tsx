import { Link } from 'react-router'
import type { LedgerType } from '../api/model'
import { useLedgerType } from '../api/queries'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { Ready } from '../ui/States'
import { fieldsOf } from './MergeMap'

/** Of a ledger that was merged into another: where each of its fields lives now. */
export function Places({ type }: { type: LedgerType }) {
  const end = type.end
  if (!end?.places?.length) return null
  return <Told type={type} target={end.target} places={end.places} />
}

function Told(props: { type: LedgerType; target: string; places: { from: string; to: string }[] }) {
  const { type, target, places } = props
  const t = useT()
  const names = useNames()
  const into = useLedgerType(target)
  const title = new Map(fieldsOf(type.schema).map((f) => [f.id, f.title]))
  return (
    <details className="panel">
      <summary>{t('browser.places', { ledger: names.ledger(target) })}</summary>
      <Ready query={into}>
        {(now) => {
          const there = new Map(fieldsOf(now.schema).map((f) => [f.id, f.title]))
          return (
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('browser.placeWas')}</th>
                  <th scope="col">
                    <Link to={`/ledgers/${target}`}>{names.ledger(target)}</Link>
                  </th>
                </tr>
              </thead>
              <tbody>
                {places
                  .filter((p) => title.has(p.from))
                  .map((p) => (
                    <tr key={p.from}>
                      <th scope="row">{title.get(p.from)}</th>
                      <td>{p.to ? (there.get(p.to) ?? p.to) : t('browser.placeDropped')}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          )
        }}
      </Ready>
    </details>
  )
}
