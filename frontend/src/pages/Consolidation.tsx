import { lazy, Suspense, useState } from 'react'
import { Link } from 'react-router'
import { useConsolidation } from '../api/catalogue'
import type { Legacy, Consolidation as Register } from '../api/model'
import { PageTabs } from '../app/PageTabs'
import { ExtentNote } from '../catalogue/ExtentNote'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { PageTitle } from '../ui/PageTitle'
import { Loading, Ready } from '../ui/States'

const Flow = lazy(() => import('../catalogue/Flow'))
const kinds = ['keep', 'merge', 'transfer', 'delete', 'reduce', 'share'] as const

/** Where every paper ledger went: for those who look for one, and for those who count. */
export default function Consolidation() {
  const t = useT()
  const query = useConsolidation()
  return (
    <>
      <PageTitle title={t('menu.consolidation')} />
      <PageTabs of="/consolidation" />
      <Ready query={query}>{(data) => <Found data={data} />}</Ready>
    </>
  )
}

/** What an officer may call a ledger: its name, a short name, its number. */
function matches(l: Legacy, words: string): boolean {
  const all = [l.no, l.title.zh, l.title.en ?? '', ...(l.aliases ?? [])].join('\n').toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((w) => all.includes(w))
}

function Answers({ list, targets }: { list: Legacy[]; targets: Register['targets'] }) {
  const t = useT()
  const lang = useLang()
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t('consolidation.old')}</th>
          <th scope="col">{t('consolidation.disposition')}</th>
          <th scope="col">{t('consolidation.now')}</th>
          <th scope="col">{t('consolidation.reason')}</th>
          <th scope="col">{t('consolidation.owners')}</th>
        </tr>
      </thead>
      <tbody>
        {list.map((l) => (
          <tr key={l.no}>
            <th scope="row">
              {text(l.title, lang)} <span className="quiet">{l.no}</span>
            </th>
            <td>{t(`consolidation.kind_${l.disposition}`)}</td>
            <td>
              {text(l.answer, lang)}{' '}
              {targets.some((x) => x.id === l.target) && (
                <Link to={`/ledgers/${l.target}`}>
                  {text(targets.find((x) => x.id === l.target)?.title, lang)}
                </Link>
              )}
            </td>
            <td>{text(l.reason, lang)}</td>
            <td>{l.owners.join(' / ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Found({ data }: { data: Register }) {
  const t = useT()
  const [words, setWords] = useState('')
  const asked = words.trim() !== ''
  const list = data.legacy.filter((l) => matches(l, words.trim()))
  const electronic = data.targets.filter((x) => !x.id.startsWith('ext:'))
  return (
    <>
      <section className="panel">
        <label htmlFor="old-name">{t('consolidation.search')}</label>{' '}
        <input
          id="old-name"
          type="search"
          className="wide-input"
          value={words}
          onChange={(e) => setWords(e.target.value)}
        />
        <p role="status" className="quiet">
          {list.length === 0
            ? t('consolidation.none')
            : t('consolidation.found', { n: list.length })}
        </p>
        {asked && <Answers list={list} targets={electronic} />}
      </section>
      {!asked && (
        <>
          <Whole data={data} electronic={electronic.length} />
          <section className="panel">
            <h2>{t('consolidation.all')}</h2>
            <Answers list={list} targets={electronic} />
          </section>
        </>
      )}
    </>
  )
}

/** From the old to the new as a picture, and what it comes to. */
function Whole({ data, electronic }: { data: Register; electronic: number }) {
  const t = useT()
  return (
    <>
      <section className="panel">
        <h2>{t('consolidation.flow')}</h2>
        <p>
          {t('consolidation.flowAbout', {
            old: data.legacy.length,
            now: electronic,
            fewer: data.fewer,
          })}
        </p>
        <Suspense fallback={<Loading />}>
          <Flow data={data} />
        </Suspense>
      </section>
      <section className="panel">
        <h2>{t('consolidation.totals')}</h2>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('consolidation.disposition')}</th>
              <th scope="col">{t('consolidation.ordinary')}</th>
              <th scope="col">{t('consolidation.functional')}</th>
              <th scope="col">{t('consolidation.together')}</th>
            </tr>
          </thead>
          <tbody>
            {kinds.map((kind) => {
              const a = data.totals.ordinary[kind] ?? 0
              const b = data.totals.functional[kind] ?? 0
              return (
                <tr key={kind}>
                  <th scope="row">{t(`consolidation.kind_${kind}`)}</th>
                  <td className="num">{a}</td>
                  <td className="num">{b}</td>
                  <td className="num">{a + b}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </section>
      <section className="panel">
        <h2>{t('consolidation.burden')}</h2>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col" />
              <th scope="col">{t('consolidation.ledgers')}</th>
              <th scope="col">{t('consolidation.fields')}</th>
              <th scope="col">{t('consolidation.required')}</th>
              <th scope="col">{t('consolidation.filled')}</th>
              <th scope="col">{t('consolidation.perWeek')}</th>
            </tr>
          </thead>
          <tbody>
            {(['ordinary', 'kitchen', 'hospital', 'functional'] as const).map((kind) => {
              const b = data.burden[kind]
              if (!b) return null
              return (
                <tr key={kind}>
                  <th scope="row">{t(`consolidation.${kind}`)}</th>
                  <td className="num">{b.ledgers}</td>
                  <td className="num">{b.fields}</td>
                  <td className="num">{b.required}</td>
                  <td className="num">{b.filled}</td>
                  <td className="num">{(b.per_week / 1000).toFixed(1)}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
        <p className="quiet">
          <ExtentNote extent={data.extent} />
        </p>
      </section>
    </>
  )
}
