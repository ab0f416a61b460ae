import { Button } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { benchProposal } from '../api/catalogue'
import { getEntry, listEntries } from '../api/entries'
import type { Verdict } from '../api/model'
import { ProblemError } from '../api/problem'
import { useMe } from '../api/queries'
import { FormStore, type ShownProblem } from '../form/store'
import { useLang, useT } from '../i18n'
import { expand } from '../schema/expand'
import { type Doc, text } from '../schema/types'
import { AsOfficer } from './AsOfficer'
import type { Files } from './design'
import { type Sample, samples } from './samples'

type Judged = { verdicts: Verdict[] } | { problem: ProblemError } | undefined

/** The form as the officer will see it, with the server's verdict on it and on every sample. */
export function Preview({ prison, files }: { prison: string; files: Files }) {
  const t = useT()
  const lang = useLang()
  const owner = useMe().data?.person ?? ''
  const ledger = String(files.definition.id)
  const [start, setStart] = useState<Doc>({})
  const [changes, setChanges] = useState(0)
  const [kept, setKept] = useState<Sample[]>([])
  const [judged, setJudged] = useState<Judged>()
  const [unreadable, setUnreadable] = useState('')

  useEffect(() => {
    let gone = false
    void samples.read(owner, ledger).then((list) => gone || setKept(list))
    return () => {
      gone = true
    }
  }, [owner, ledger])

  const store = useMemo(() => {
    try {
      return new FormStore(expand(files.schema), start, lang)
    } catch (error) {
      setUnreadable(String(error))
      return undefined
    }
  }, [files.schema, start, lang])

  useEffect(() => store?.subscribe(() => setChanges(store.changes)), [store])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the store changes inside; its count says when
  useEffect(() => {
    if (!store) return
    const abort = new AbortController()
    const timer = window.setTimeout(async () => {
      try {
        const docs = [store.toSend(), ...kept.map((s) => s.body)]
        const verdicts = await benchProposal(prison, files, docs, abort.signal)
        const now = verdicts[0]
        if (now) {
          const shown: ShownProblem[] = [
            ...now.errors.filter((p) => p.code.startsWith('rule:')),
            ...now.warnings.map((p) => ({ ...p, level: 'warning' as const })),
          ]
          store.heard(shown, now.document as Doc)
        }
        setJudged({ verdicts })
      } catch (error) {
        if (abort.signal.aborted) return
        if (!(error instanceof ProblemError)) throw error
        setJudged({ problem: error })
      }
    }, 400)
    return () => {
      window.clearTimeout(timer)
      abort.abort()
    }
  }, [prison, files, store, kept, changes])

  const keep = (list: Sample[]) => {
    setKept(list)
    void samples.write(owner, files.definition, list)
  }
  const fromEntries = async () => {
    const page = await listEntries({ prison, ledger, state: ['approved', 'submitted'], limit: 5 })
    const docs = await Promise.all(
      page.entries.map(async (e) => {
        const view = await getEntry(e.prison, e.id)
        return {
          name: `${e.day ?? ''} ${view.area.name_zh}`,
          body: view.revisions.at(-1)?.document,
        }
      }),
    )
    const list = docs.flatMap(({ name, body }) => (body ? [{ name, body, passes: true }] : []))
    keep([...kept.filter((s) => !list.some((n) => n.name === s.name)), ...list].slice(-40))
  }

  if (!store) {
    return (
      <p className="danger" role="alert">
        {unreadable}
      </p>
    )
  }
  const verdicts = judged && 'verdicts' in judged ? judged.verdicts : []
  return (
    <div className="preview">
      <AsOfficer store={store} form={files.form} />
      <aside aria-label={t('designer.verdict')}>
        {judged === undefined && <p role="status">{t('state.loading')}</p>}
        {judged && 'problem' in judged && (
          <div role="alert">
            <p className="danger">{judged.problem.message}</p>
            <ul>
              {judged.problem.errors.map((e) => (
                <li key={`${e.pointer} ${e.message}`}>
                  <span className="mono">{e.pointer}</span> {e.message}
                </li>
              ))}
            </ul>
          </div>
        )}
        {verdicts[0] && <Spoken verdict={verdicts[0]} />}
        <h3>{t('designer.samples')}</h3>
        <table className="plain">
          <tbody>
            {kept.map((s, i) => {
              const verdict = verdicts[i + 1]
              const passes = verdict && verdict.errors.length === 0
              return (
                <tr key={s.name}>
                  <td>
                    <Button size="small" type="link" onClick={() => setStart(s.body)}>
                      {s.name}
                    </Button>
                  </td>
                  <td>{t(s.passes ? 'designer.shouldPass' : 'designer.shouldFail')}</td>
                  <td className={passes === s.passes ? undefined : 'danger'}>
                    {verdict && t(passes ? 'designer.passes' : 'designer.fails')}
                    {verdict?.errors.map((e) => (
                      <p key={e.pointer + e.code} className="quiet">
                        {e.pointer} {e.message}
                      </p>
                    ))}
                  </td>
                  <td>
                    <Button
                      size="small"
                      aria-label={`${t('designer.drop')} ${s.name}`}
                      onClick={() => keep(kept.filter((k) => k !== s))}
                    >
                      {t('designer.drop')}
                    </Button>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
        <NewSample
          taken={kept.map((s) => s.name)}
          add={(name, passes) => keep([...kept, { name, passes, body: store.toSend() }])}
        />
        <Button onClick={() => void fromEntries()}>{t('designer.fromEntries')}</Button>
      </aside>
    </div>
  )
}

/** What the server says of the document in the form. */
function Spoken({ verdict }: { verdict: Verdict }) {
  const t = useT()
  const lang = useLang()
  if (verdict.errors.length > 0) {
    return (
      <>
        <p className="danger" role="status">
          {t('designer.wouldFail', { count: verdict.errors.length })}
        </p>
        <ul>
          {verdict.errors.map((e) => (
            <li key={e.pointer + e.code}>
              <span className="mono">{e.pointer}</span> {e.message}
            </li>
          ))}
        </ul>
      </>
    )
  }
  const lines = [
    [t('designer.verdictDay'), verdict.day],
    [t('designer.verdictCounts'), t(verdict.counts ? 'form.yes' : 'form.no')],
    [t('designer.verdictSteps'), verdict.steps.map((s) => text(s, lang)).join(' → ')],
    [
      t('designer.verdictEvidence'),
      verdict.evidence
        .map((e) => `${text(e.title, lang)} ${e.min}–${e.max || '…'}`)
        .join(t('marks.clause')),
    ],
    [
      t('designer.verdictMeasures'),
      verdict.measures.map((m) => `${m.measure} ${m.value}`).join(t('marks.clause')),
    ],
    [
      t('designer.verdictOpens'),
      verdict.opens.map((o) => text(o.title, lang)).join(t('marks.clause')),
    ],
    [
      t('designer.verdictSummary'),
      verdict.summary
        .map((s) => `${text(s.title, lang)} ${text(s.text, lang)}`)
        .join(t('marks.clause')),
    ],
  ]
  return (
    <>
      <p role="status">{t('designer.wouldPass')}</p>
      <dl>
        {lines
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </>
  )
}

function NewSample(props: { taken: string[]; add: (name: string, passes: boolean) => void }) {
  const { taken, add } = props
  const t = useT()
  const [name, setName] = useState('')
  const ready = name.trim() !== '' && !taken.includes(name.trim())
  const put = (passes: boolean) => {
    add(name.trim(), passes)
    setName('')
  }
  return (
    <div>
      <label>
        {t('designer.sampleName')}
        <input value={name} maxLength={40} onChange={(e) => setName(e.target.value)} />
      </label>
      <Button disabled={!ready} onClick={() => put(true)}>
        {t('designer.keepGood')}
      </Button>{' '}
      <Button disabled={!ready} onClick={() => put(false)}>
        {t('designer.keepBad')}
      </Button>
    </div>
  )
}
