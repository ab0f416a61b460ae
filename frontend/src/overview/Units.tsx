import { Link } from 'react-router'
import { type RatedUnit, useRatedUnits } from '../api/overview'
import { useT } from '../i18n'
import { useUnitName } from '../together/Units'
import { Empty, Ready } from '../ui/States'
import { Table } from './Table'

/** Where a unit is looked at: its board, or its prison's. */
export const boardOf = ({ prison, area }: Pick<RatedUnit, 'prison' | 'area'>) =>
  area ? `/prisons/${prison}/units/${area}/board` : `/prisons/${prison}/overview`

// The list may lie far above the figure that opened it.
const seen = (heading: HTMLElement | null) => heading?.focus()

/** The units that a figure counts. */
export function Units(props: {
  day?: string
  of: RatedUnit['of']
  named?: string
  prison?: string
  /** A number that is worked out of these units, and is not their count. */
  need?: string
}) {
  const { day, of, named, prison, need } = props
  const t = useT()
  const query = useRatedUnits({ day, of, named, prison })
  const which = { true: 'named', false: 'notNamed' } as const
  const said = named === 'true' || named === 'false' ? which[named] : 'unitsAll'
  return (
    <section className="panel" aria-labelledby="units" key={`${day} ${of} ${named} ${need}`}>
      <Ready query={query}>
        {(data) => (
          <>
            <h2 id="units" ref={seen} tabIndex={-1}>
              {t('overview.units', {
                of: t(`overview.of_${of}`),
                which: t(`overview.${said}`),
                n: data.units.length,
                day: data.day,
              })}
            </h2>
            {need && (
              <p>{t(named === 'false' ? 'overview.needFrom' : 'overview.neededOf', { n: need })}</p>
            )}
            {data.units.length === 0 ? (
              <Empty>{t('overview.unitsNone')}</Empty>
            ) : (
              <UnitTable units={data.units} />
            )}
          </>
        )}
      </Ready>
    </section>
  )
}

function UnitTable({ units }: { units: RatedUnit[] }) {
  const t = useT()
  const nameOf = useUnitName()
  return (
    <div className="table-scroll">
      <Table
        head={[
          t('overview.unit'),
          t('overview.wording'),
          t('overview.namedOn'),
          t('overview.document'),
        ]}
      >
        {units.map((u) => (
          <tr key={`${u.prison} ${u.area ?? ''}`}>
            <td>
              <Link to={boardOf(u)}>{nameOf(u)}</Link>
            </td>
            <td>{u.wording ?? '—'}</td>
            <td>{u.named_on ?? '—'}</td>
            <td>{u.document_no ?? '—'}</td>
          </tr>
        ))}
      </Table>
    </div>
  )
}
