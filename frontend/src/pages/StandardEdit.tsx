import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { ProblemError } from '../api/problem'
import {
  type Artefacts,
  checkStandard,
  type StandardReport,
  saveStandard,
  useStandard,
  type Whole,
} from '../api/standards'
import { useT } from '../i18n'
import { Checks } from '../standards/Checks'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'
import { toast } from '../ui/toast'
import '../catalogue/catalogue.css'

const parts = ['standard', 'rules', 'guide'] as const
type Part = (typeof parts)[number]

/** A draft's three artefacts, held to the release checks while they are written. */
export default function StandardEdit() {
  const t = useT()
  const { standard = '', version = '' } = useParams()
  const query = useStandard(standard, Number(version))
  return (
    <>
      <PageTitle title={t('standards.editing', { standard, version })} />
      <Ready query={query}>
        {(whole) => <Editor key={whole.version.revision} whole={whole} />}
      </Ready>
    </>
  )
}

const shown = (doc: unknown) => JSON.stringify(doc, null, 2)

/** The three documents, or the ones that are no JSON. */
function parsed(texts: Record<Part, string>): { artefacts?: Artefacts; unread: Part[] } {
  const unread: Part[] = []
  const docs: Record<string, unknown> = {}
  for (const part of parts) {
    try {
      docs[part] = JSON.parse(texts[part])
    } catch {
      unread.push(part)
    }
  }
  return unread.length > 0 ? { unread } : { artefacts: docs as unknown as Artefacts, unread }
}

function Editor({ whole }: { whole: Whole }) {
  const t = useT()
  const go = useNavigate()
  const [texts, setTexts] = useState<Record<Part, string>>(() => ({
    standard: shown(whole.standard),
    rules: shown(whole.rules),
    guide: shown(whole.guide),
  }))
  const [part, setPart] = useState<Part>('standard')
  const { report, unread, failed } = useChecks(texts)
  const { busy, problems, run } = useAct()
  const save = async () => {
    const { artefacts } = parsed(texts)
    if (!artefacts) return
    if (await run((key) => saveStandard(whole.version, artefacts, key))) {
      toast(t('standards.saved'))
      await go(`/standards/${whole.version.standard}/v/${whole.version.version}`)
    }
  }
  return (
    <>
      <section className="panel" aria-label={t('standards.artefacts')}>
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
          className="json"
          style={{ width: '100%' }}
          aria-label={t(`standards.part_${part}`)}
          rows={24}
          spellCheck={false}
          value={texts[part]}
          onChange={(e) => setTexts({ ...texts, [part]: e.target.value })}
        />
        {unread.map((p) => (
          <p key={p} className="danger" role="alert">
            {t('standards.noJson', { part: t(`standards.part_${p}`) })}
          </p>
        ))}
        <Button
          type="primary"
          disabled={unread.length > 0}
          loading={busy}
          onClick={() => void save()}
        >
          {t('standards.save')}
        </Button>
        <Problems list={problems} />
      </section>
      <Problems list={failed ? [failed] : []} />
      {report && <Checks report={report} />}
    </>
  )
}

/** Half a second after the last key the server is asked what it thinks. */
function useChecks(texts: Record<Part, string>) {
  const [report, setReport] = useState<StandardReport>()
  const [failed, setFailed] = useState('')
  const { artefacts, unread } = parsed(texts)
  useEffect(() => {
    const { artefacts } = parsed(texts)
    if (!artefacts) return
    const gone = new AbortController()
    const timer = window.setTimeout(() => {
      checkStandard(artefacts, gone.signal).then(
        (r) => {
          setReport(r)
          setFailed('')
        },
        (error: unknown) => {
          if (error instanceof ProblemError) setFailed(error.message)
        },
      )
    }, 500)
    return () => {
      window.clearTimeout(timer)
      gone.abort()
    }
  }, [texts])
  return { report: artefacts && report, unread, failed }
}
