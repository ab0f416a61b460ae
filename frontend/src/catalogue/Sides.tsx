import { useState } from 'react'
import { i18n, useLang, useT } from '../i18n'
import { useNames } from '../ui/names'
import type { Files } from './design'
import { groups, type Row, sides, type Words } from './sides'
import './sides.css'

/** Two versions of a ledger side by side; without a first, all of the second is new. */
export function Sides({ before, after }: { before: Files | undefined; after: Files }) {
  const t = useT()
  const words = useWords()
  const [whole, setWhole] = useState(false)
  const all = sides(before, after, words)
  const shown = groups
    .map((group) => ({ group, rows: all[group].filter((r) => whole || r.fate !== 'same') }))
    .filter(({ rows }) => rows.length > 0)
  return (
    <div className="sides">
      <label>
        <input type="checkbox" checked={whole} onChange={(e) => setWhole(e.target.checked)} />{' '}
        {t('sides.whole')}
      </label>
      {shown.length === 0 && <p role="status">{t('sides.same')}</p>}
      {shown.map(({ group, rows }) => (
        <table className="plain" key={group}>
          <caption>{t(`sides.group_${group}`)}</caption>
          <thead>
            <tr>
              <th scope="col">{t('sides.part')}</th>
              <th scope="col">{t('sides.fact')}</th>
              <th scope="col">{t('sides.before')}</th>
              <th scope="col">{t('sides.after')}</th>
            </tr>
          </thead>
          {rows.map((row) => (
            <Part key={row.key} row={row} whole={whole} fact={words.fact} />
          ))}
        </table>
      ))}
    </div>
  )
}

function Part({ row, whole, fact }: { row: Row; whole: boolean; fact: Words['fact'] }) {
  const t = useT()
  const lines = row.lines.filter((l) => whole || l.before !== l.after)
  return (
    <tbody className={row.fate}>
      {lines.map((l, i) => (
        <tr key={l.fact}>
          {i === 0 && (
            <th scope="rowgroup" rowSpan={lines.length}>
              {row.title} <span className="fate">{t(`sides.fate_${row.fate}`)}</span>
            </th>
          )}
          <td>{fact(l.fact)}</td>
          <td>{l.before === l.after ? l.before : l.before && <del>{l.before}</del>}</td>
          <td>{l.before === l.after ? l.after : l.after && <ins>{l.after}</ins>}</td>
        </tr>
      ))}
    </tbody>
  )
}

/** The screen's words for facts; what has none is said as it is written in the files. */
function useWords(): Words {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const known = (keys: string[]) => keys.find((k) => i18n.exists(k))
  const fact = (name: string) => {
    const plain = name.replace(/^items\//, '')
    const key = known([`sides.fact_${plain}`, `designer.limit_${plain}`, `designer.${plain}`])
    return key ? t(key as 'sides.fact_title') : plain
  }
  const value = (of: string, code: string) => {
    if (of === 'owner') return names.department(code)
    if (of === 'ledger') return names.ledger(code)
    const key = known([
      ...(of === 'roles' ? [`role.${code}`] : []),
      ...(of === 'level' || of === 'stage' ? [`designer.rule_${code}`] : []),
      ...(of === 'kinds' ? [`designer.kind_${code}`, `designer.file_${code}`] : []),
      `designer.${of}_${code}`,
    ])
    return key ? t(key as 'sides.fact_title') : code
  }
  return {
    lang,
    list: t('marks.list'),
    clause: t('marks.clause'),
    aside: (of) => t('marks.aside', { of }),
    fact,
    value,
    type: (name) => t(`catalogue.type_${name}`),
    yes: t('form.yes'),
    no: t('form.no'),
  }
}
