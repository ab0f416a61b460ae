import { Link, useParams, useSearchParams } from 'react-router'
import { useVersions } from '../api/catalogue'
import type { LedgerVersion } from '../api/model'
import type { Files } from '../catalogue/design'
import { Sides } from '../catalogue/Sides'
import { useT } from '../i18n'
import { useNames } from '../ui/names'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'

/** The versions of a ledger, two of them side by side; which two is in the address. */
export default function Versions() {
  const { ledger = '' } = useParams()
  const t = useT()
  const names = useNames()
  const query = useVersions(ledger)
  return (
    <>
      <PageTitle title={`${names.ledger(ledger)} · ${t('sides.title')}`}>
        <Link to={`/ledgers/${ledger}`}>{t('sides.back')}</Link>
      </PageTitle>
      <Ready query={query} empty={(list) => list.length < 2} whenEmpty={t('sides.onlyOne')}>
        {(list) => <Two list={list} />}
      </Ready>
    </>
  )
}

function Two({ list }: { list: LedgerVersion[] }) {
  const t = useT()
  const [params, setParams] = useSearchParams()
  const at = (name: string, otherwise: number) =>
    list.find((v) => String(v.version) === params.get(name)) ?? list.at(otherwise)!
  const from = at('from', -2)
  const to = at('to', -1)
  const pick = (name: 'from' | 'to', chosen: LedgerVersion) => (
    <label>
      {t(`sides.pick_${name}`)}{' '}
      <select
        value={chosen.version}
        onChange={(e) => {
          const both = { from: String(from.version), to: String(to.version) }
          setParams({ ...both, [name]: e.target.value }, { replace: true })
        }}
      >
        {list.map((v) => (
          <option key={v.version} value={v.version}>
            {t('sides.version', { version: v.version })}
          </option>
        ))}
      </select>
    </label>
  )
  return (
    <>
      <form className="panel filters" onSubmit={(e) => e.preventDefault()}>
        {pick('from', from)} {pick('to', to)}
      </form>
      <section className="panel">
        <Sides before={from as unknown as Files} after={to as unknown as Files} />
      </section>
    </>
  )
}
