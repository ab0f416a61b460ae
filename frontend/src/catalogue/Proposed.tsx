import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { useVersions } from '../api/catalogue'
import type { ProposalContent } from '../api/model'
import { FormStore } from '../form/store'
import { useLang, useT } from '../i18n'
import { expand } from '../schema/expand'
import type { Schema } from '../schema/types'
import { useNames } from '../ui/names'
import { Ready } from '../ui/States'
import { AsOfficer } from './AsOfficer'
import type { Files } from './design'
import type { Gate } from './GateForm'
import { fieldsOf } from './MergeMap'
import { Sides } from './Sides'
import { fileNames } from './texts'
import './sides.css'

/** All that a proposal says, for who decides it. */
export function Proposed({ content }: { content: ProposalContent }) {
  const t = useT()
  const { notice, gate, map, ledger, target } = content
  const files = useMemo(() => filesOf(content), [content])
  return (
    <>
      {(notice?.zh || notice?.en) && (
        <section className="panel">
          <h2>{t('catalogue.notice')}</h2>
          {notice.zh && <p lang="zh-CN">{notice.zh}</p>}
          {notice.en && <p lang="en">{notice.en}</p>}
        </section>
      )}
      {gate && <Answers gate={gate} />}
      {map && target && <Places from={ledger} to={target} map={map} />}
      {files && <NewFiles ledger={ledger} files={files} />}
    </>
  )
}

function filesOf({ schema, definition, form }: ProposalContent): Files | undefined {
  if (!schema || !definition || !form) return undefined
  return { schema: JSON.parse(schema), definition: JSON.parse(definition), form: JSON.parse(form) }
}

function Answers({ gate }: { gate: Gate }) {
  const t = useT()
  const names = useNames()
  const answers = [
    [t('catalogue.gateBasis'), gate.basis],
    [t('catalogue.gatePurpose'), gate.purpose],
    [t('catalogue.gateNoOther'), gate.no_other],
    [t('catalogue.gateMinutes'), String(gate.minutes)],
    [t('catalogue.gatePerMonth'), String(gate.per_month)],
    ...(gate.savings ?? []).flatMap((s) => [
      [t('catalogue.gateSaveIn'), names.ledger(s.ledger)],
      [t('catalogue.gateSaved'), String(s.minutes)],
      [t('catalogue.gateHow'), s.how],
    ]),
    [t('catalogue.gateReview'), gate.review_on],
  ]
  return (
    <section className="panel" aria-label={t('catalogue.gate')}>
      <h2>{t('catalogue.gate')}</h2>
      <dl className="answers">
        {answers.map(([question, answer], i) => (
          <div key={i}>
            <dt>{question}</dt>
            <dd>{answer || t('catalogue.unanswered')}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Places(props: { from: string; to: string; map: { from: string; to: string }[] }) {
  const { from, to, map } = props
  const t = useT()
  const names = useNames()
  const source = useTitles(from)
  const target = useTitles(to)
  return (
    <section className="panel">
      <h2>{t('catalogue.map')}</h2>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{names.ledger(from)}</th>
            <th scope="col">{names.ledger(to)}</th>
          </tr>
        </thead>
        <tbody>
          {map.map((m) => (
            <tr key={m.from}>
              <td>{source(m.from)}</td>
              <td>{m.to ? `→ ${target(m.to)}` : t('catalogue.dropped')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The titles of a ledger's fields by their stable ids. */
function useTitles(ledger: string): (id: string) => string {
  const fields = fieldsOf(useVersions(ledger).data?.at(-1)?.schema as Schema | undefined)
  return (id) => fields.find((f) => f.id === id)?.title ?? id
}

function NewFiles({ ledger, files }: { ledger: string; files: Files }) {
  const t = useT()
  const version = Number(files.definition.version)
  const query = useVersions(version > 1 ? ledger : '')
  const [open, setOpen] = useState(false)
  return (
    <section className="panel">
      <h2>{t('sides.proposed')}</h2>
      {version > 1 ? (
        <Ready query={query}>
          {(list) => (
            <Sides
              before={list.find((v) => v.version === version - 1) as unknown as Files | undefined}
              after={files}
            />
          )}
        </Ready>
      ) : (
        <Sides before={undefined} after={files} />
      )}
      <h2>{t('catalogue.asOfficer')}</h2>
      <Button aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(open ? 'catalogue.hideForm' : 'catalogue.showForm')}
      </Button>
      {open && <Form files={files} />}
      <h2>{t('designer.tabFiles')}</h2>
      {(Object.keys(fileNames) as (keyof Files)[]).map((name) => (
        <details key={name}>
          <summary className="mono">{fileNames[name]}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
          <pre className="file" tabIndex={0}>
            {JSON.stringify(files[name], null, 2)}
          </pre>
        </details>
      ))}
    </section>
  )
}

function Form({ files }: { files: Files }) {
  const lang = useLang()
  const store = useMemo(() => new FormStore(expand(files.schema), {}, lang), [files, lang])
  return <AsOfficer store={store} form={files.form} />
}
