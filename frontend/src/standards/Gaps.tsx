import type { Artefacts, Indicator } from '../api/standards'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { gaps } from './gaps'

const kinds = ['byLedgers', 'partly', 'byHand'] as const

/** Which indicators still rest on paper or on people. */
export function Gaps({ artefacts }: { artefacts: Artefacts }) {
  const t = useT()
  const lang = useLang()
  const list = gaps(artefacts)
  const points = (of: Indicator[]) => of.reduce((sum, i) => sum + Number(i.points), 0)
  return (
    <details className="panel">
      <summary>{t('standards.gaps')}</summary>
      <p className="quiet">{t('standards.gapsWhy')}</p>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('standards.domain')}</th>
            {kinds.map((kind) => (
              <th key={kind} scope="col">
                {t(`standards.gap_${kind}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {list.map((d) => (
            <tr key={d.id}>
              <th scope="row">{text(d.title, lang)}</th>
              {kinds.map((kind) => (
                <td key={kind}>
                  {d[kind].length === 0 ? (
                    '—'
                  ) : (
                    <>
                      {t('standards.gapOf', { count: d[kind].length, points: points(d[kind]) })}{' '}
                      <span className="quiet">
                        {d[kind]
                          .map((i) => `${i.code} ${text(i.title, lang)}`)
                          .join(t('marks.list'))}
                      </span>
                    </>
                  )}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">{t('standards.gapTotal')}</th>
            {kinds.map((kind) => {
              const all = list.flatMap((d) => d[kind])
              return (
                <td key={kind}>
                  {t('standards.gapOf', { count: all.length, points: points(all) })}
                </td>
              )
            })}
          </tr>
        </tbody>
      </table>
    </details>
  )
}
