import { Button } from 'antd'
import { useState } from 'react'
import type { Artefacts } from '../../api/standards'
import { useT } from '../../i18n'
import { drawable } from './draft'

const parts = ['standard', 'rules', 'guide'] as const
export type Part = (typeof parts)[number]
export type Texts = Record<Part, string>

const shown = (doc: unknown) => JSON.stringify(doc, null, 2)

/** The three documents as texts. */
export const textsOf = (a: Artefacts): Texts => ({
  standard: shown(a.standard),
  rules: shown(a.rules),
  guide: shown(a.guide),
})

/** The three documents, or the ones that cannot be read. */
export function parsed(texts: Texts): { artefacts?: Artefacts; unread: Part[] } {
  const docs: Partial<Record<Part, unknown>> = {}
  const unread = parts.filter((part) => {
    try {
      docs[part] = JSON.parse(texts[part])
      return false
    } catch {
      return true
    }
  })
  const artefacts = docs as unknown as Artefacts
  if (unread.length > 0) return { unread }
  return drawable(artefacts) ? { artefacts, unread } : { unread: [...parts] }
}

/** The three documents as they are written, for those who know the format. */
export function Source(props: {
  texts: Texts
  unread: Part[]
  /** While it is saved: what another saved meanwhile could not be taken into half a text. */
  held: boolean
  change: (texts: Texts) => void
  drop: () => void
}) {
  const { texts, unread, held, change, drop } = props
  const t = useT()
  const [part, setPart] = useState<Part>('standard')
  return (
    <section className="panel" aria-label={t('standards.artefacts')}>
      <p className="quiet">{t('drafting.sourceMeans')}</p>
      <label>
        {t('standards.artefact')}{' '}
        <select value={part} onChange={(e) => setPart(e.target.value as Part)}>
          {parts.map((p) => (
            <option key={p} value={p}>
              {t(`standards.part_${p}`)}
            </option>
          ))}
        </select>
      </label>
      <textarea
        className="mono"
        aria-label={t(`standards.part_${part}`)}
        rows={24}
        spellCheck={false}
        readOnly={held}
        value={texts[part]}
        onChange={(e) => change({ ...texts, [part]: e.target.value })}
      />
      {unread.map((p) => (
        <p key={p} className="danger" role="alert">
          {t('standards.noJson', { part: t(`standards.part_${p}`) })}
        </p>
      ))}
      {unread.length > 0 && <Button onClick={drop}>{t('drafting.sourceDrop')}</Button>}
    </section>
  )
}
