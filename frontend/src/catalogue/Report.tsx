import type { ProposalReport } from '../api/model'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { ExtentNote } from './ExtentNote'

/** A dry run: what a change of the catalogue touches. */
export function Report({ report }: { report: ProposalReport }) {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const fate = report.drafts.fate ?? 'version'
  const failed = report.failed as { pointer?: string; text?: { zh: string; en?: string } }[]
  return (
    <>
      {failed.length > 0 && (
        <div className="danger" role="alert">
          <strong>{t('catalogue.failed')}</strong>
          <ul>
            {failed.map((f) => (
              <li key={`${f.pointer} ${f.text?.zh}`}>{text(f.text, lang)}</li>
            ))}
          </ul>
        </div>
      )}
      <p>{t(`catalogue.drafts_${fate}`, report.drafts)}</p>
      {(report.drafts.returned ?? 0) + (report.drafts.submitted ?? 0) > 0 && (
        <p>
          {t(`catalogue.back_${fate === 'version' ? 'moves' : 'stays'}`, {
            returned: report.drafts.returned ?? 0,
            submitted: report.drafts.submitted ?? 0,
          })}
        </p>
      )}
      <p>{t('catalogue.records', { records: report.records })}</p>
      {report.duties > 0 && (
        <p>
          {t(`catalogue.duties_${fate === 'version' ? 'anew' : 'dropped'}`, {
            duties: report.duties,
          })}
        </p>
      )}
      <p>
        {t('catalogue.burdenNet', {
          before: report.burden_before.fields,
          after: report.burden_after.fields,
          from: report.burden_before.ledgers,
          to: report.burden_after.ledgers,
        })}{' '}
        {(report.burden_before.evidence ?? 0) !== (report.burden_after.evidence ?? 0) && (
          <>
            {t('catalogue.evidenceNet', {
              before: report.burden_before.evidence ?? 0,
              after: report.burden_after.evidence ?? 0,
            })}{' '}
          </>
        )}
        {report.extent && (
          <>
            {t('catalogue.entriesNet', {
              before: (report.burden_before.per_week / 1000).toFixed(1),
              after: (report.burden_after.per_week / 1000).toFixed(1),
            })}{' '}
            <span className="quiet">
              <ExtentNote extent={report.extent} />
            </span>
          </>
        )}
      </p>
      {report.changes.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('catalogue.change')}</th>
              <th scope="col">{t('catalogue.fields')}</th>
              <th scope="col" className="num">
                {t('catalogue.holds')}
              </th>
            </tr>
          </thead>
          <tbody>
            {report.changes.map((c) => (
              <tr key={`${c.kind} ${c.field} ${c.member}`}>
                <td>
                  {t(`catalogue.change_${c.kind as 'remove'}`)}{' '}
                  {c.adds && <strong>{t('catalogue.adds')}</strong>}
                </td>
                <td>
                  {text(c.title, lang)} <span className="quiet">{c.field}</span>
                </td>
                <td className="num">{c.holds}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {report.uses.length > 0 && (
        <p>
          {t('catalogue.uses')}
          {t('marks.colon')}
          {report.uses
            .map((u) =>
              u.what === 'policy'
                ? `${t('catalogue.use_policy')} ${names.department(u.in)}`
                : `${t(`catalogue.use_${u.what as 'source'}`)} ${text(u.title, lang)}`,
            )
            .join(t('marks.clause'))}
        </p>
      )}
      {report.overlaps.length > 0 && (
        <>
          <h3>{t('catalogue.overlaps')}</h3>
          <ul className="overlaps">
            {report.overlaps.map((o) => (
              <li key={`${o.field} ${o.ledger} ${o.other}`}>
                {o.own || o.field} ≈ {text(o.title, lang)} · {o.text}{' '}
                <span className="quiet">{Math.round(o.score / 10)}%</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}
