import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import type { LookResult, OnRoute, WholeCheck } from '../api/checks'
import { now } from '../api/clock'
import type { Sheet } from '../api/model'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import type { Unsent } from '../offline/looks'
import { useLasting } from '../offline/typed'
import { shown as points } from '../score/decimal'
import { Basis } from '../score/Tree'
import { Problems } from '../standards/Problems'
import { PaperFact } from '../stewardship/PaperFact'
import { FindingForm } from './FindingForm'
import { Guidance } from './Guidance'
import { PhotoField, Thumbs } from './Photos'
import { lookTones } from './words'

const none: File[] = []

/** What is said of a line. */
export type Said = Pick<Unsent, 'line' | 'result' | 'looked_at' | 'seen' | 'photos'> & {
  note: string
  place: string
}

interface Props {
  prison: string
  check: WholeCheck
  sheet: Sheet
  line: OnRoute
  /** Whether the weak ones come first: then it says why it stands here. */
  weak: boolean
  title: string
  /** Whether a look of today is taken. */
  may: boolean
  /** What was said of it and the server has not taken, in that order. */
  unsent: readonly Unsent[]
  say: (look: Said) => Promise<string[]>
  drop: (key: string) => Promise<void>
  place: string
  setPlace: (place: string) => void
  opened: boolean
  open: (is: boolean) => void
}

/** One line: how it stands, what proves it, and what who stands there says. */
export function RouteLine(props: Props) {
  const { prison, check, sheet, line, weak, title, may, unsent, opened, open } = props
  const t = useT()
  const [note, setNote] = useLasting<string>(`look/${check.id}/${line.line}`, '')
  const [photos, setPhotos] = useLasting<File[]>(`look/${check.id}/${line.line}/photos`, none)
  // A form that was begun stays, out of sight.
  const [finding, setFinding] = useState<'shown' | 'hidden'>()
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<string[]>([])
  const state = line.state ?? 'open'
  const says = async (result: LookResult) => {
    setBusy(true)
    const refused = await props.say({
      line: line.line,
      result,
      note: note.trim(),
      place: props.place.trim(),
      looked_at: now().toISOString(),
      photos,
      // Those on their way come before it.
      seen: (line.looks[0]?.n ?? 0) + unsent.filter((u) => !u.refused).length,
    })
    setBusy(false)
    setProblems(refused)
    if (refused.length > 0) return // what was typed stays
    setNote('')
    setPhotos(none)
  }
  const act = (result: LookResult, main = false) => (
    <Button
      {...(main && { type: 'primary' as const })}
      size="large"
      loading={busy}
      aria-label={t('looks.actOf', { act: t(`looks.states.${result}`), line: title })}
      onClick={() => void says(result)}
    >
      {t(`looks.states.${result}`)}
    </Button>
  )
  const hide = () => setFinding((is) => is && 'hidden')
  const mayFind = check.actions.includes('finding')
  const shown = mayFind && finding === 'shown'
  const mayLook = may && state !== 'finding'
  return (
    <article id={line.line} className="route-line" aria-label={title}>
      <h4>
        <a
          href={`#${line.line}`}
          onClick={(e) => {
            e.preventDefault()
            hide()
            open(!opened)
          }}
        >
          {title}
        </a>{' '}
        <span className="quiet">
          {t(`checks.method.${line.method}`)}
          {line.method !== 'onsite' && ` · ${t(line.remote ? 'looks.remote' : 'looks.onsite')}`}
        </span>{' '}
        <span className={`status ${lookTones[state]}`}>{t(`looks.states.${state}`)}</span>{' '}
        {unsent
          .filter((u) => u.waits && !u.refused)
          .map((u) => (
            <span key={u.key} className="status warning">
              {t(`looks.states.${u.result}`)} · {t('looks.waits')}
            </span>
          ))}
      </h4>
      {weak && line.weak && <Why of={line.weak} />}
      <div className="route-acts">
        {mayLook && act('met', true)}
        {mayFind && (
          <Button
            size="large"
            aria-label={t('looks.actOf', { act: t('looks.finding'), line: title })}
            onClick={() => {
              setFinding('shown')
              open(true)
            }}
          >
            {t('looks.finding')}
          </Button>
        )}
        <Button
          size="large"
          aria-expanded={opened}
          aria-label={t('looks.actOf', {
            act: t(opened ? 'looks.less' : 'looks.more'),
            line: title,
          })}
          onClick={() => {
            hide()
            open(!opened)
          }}
        >
          {t(opened ? 'looks.less' : 'looks.more')}
        </Button>
      </div>
      <Problems list={problems} />
      {unsent
        .filter((u) => u.refused)
        .map((u) => (
          <div key={u.key} className="danger" role="alert">
            {t('looks.notTaken', { what: t(`looks.states.${u.result}`) })} {u.note}{' '}
            {u.photos.length > 0 && t('looks.withPhotos', { n: u.photos.length })}
            {t('marks.colon')}
            {u.refused?.join(t('marks.clause'))}{' '}
            {mayLook && (
              <Button
                size="small"
                onClick={() => {
                  setNote([u.note, note].filter(Boolean).join('\n'))
                  setPhotos([...photos, ...u.photos])
                  hide()
                  open(true)
                  void props.drop(u.key)
                }}
              >
                {t('looks.sayAgain')}
              </Button>
            )}{' '}
            <Button size="small" onClick={() => void props.drop(u.key)}>
              {t('looks.dropUnsent')}
            </Button>
          </div>
        ))}
      {opened && (
        <div className="check-form">
          {!shown && (
            <Guidance standard={check.standard} version={check.version} line={line.line} />
          )}
          {!shown && <PaperFact prison={prison} area={check.area} line={line.line} />}
          {/* Evidence is sought by the area's own standard alone. */}
          {check.area && check.kind !== 'other' && (
            <div className="wide">
              <Basis
                code={line.indicator}
                prison={prison}
                area={check.area}
                none={t('looks.noFacts')}
              />
              <Link to={`/prisons/${prison}/areas/${check.area}/proof?item=${line.indicator}`}>
                {t('looks.proof')}
              </Link>
            </div>
          )}
          <Told prison={prison} check={check} line={line} />
          {mayLook && !shown && (
            <>
              <label>
                {t('looks.place')}
                <input
                  maxLength={60}
                  value={props.place}
                  onChange={(e) => props.setPlace(e.target.value)}
                />
              </label>
              <label className="wide">
                {t('looks.note')}
                <textarea
                  rows={2}
                  maxLength={500}
                  value={note}
                  onChange={(e) => setNote(e.target.value)}
                />
              </label>
              <PhotoField files={photos} set={setPhotos} />
              <div className="wide route-acts">
                {act('not_seen')}
                {act('not_applicable')}
              </div>
            </>
          )}
        </div>
      )}
      {mayFind && finding && (
        <div hidden={!opened || !shown}>
          <FindingForm
            prison={prison}
            check={check}
            sheet={sheet}
            under={line.line}
            place={props.place}
            sent={() => setFinding(undefined)}
          />
        </div>
      )}
    </article>
  )
}

/** Why a line comes early or late, in numbers. */
function Why({ of }: { of: NonNullable<OnRoute['weak']> }) {
  const t = useT()
  const parts = [
    of.cost !== '0' && t('looks.weakCost', { points: points(of.cost) }),
    of.open > 0 && t('looks.weakOpen', { n: of.open }),
    of.met && t('looks.weakMet'),
  ].filter(Boolean)
  return <p className="quiet">{parts.join(' · ') || t('looks.weakNone')}</p>
}

/** What was said of a line, by whom and when, and what was found there. */
function Told({ prison, check, line }: Pick<Props, 'prison' | 'check' | 'line'>) {
  const t = useT()
  const found = check.findings.filter((f) => line.findings.includes(f.id))
  if (line.looks.length + found.length === 0) return null
  return (
    <ul className="wide route-said">
      {found.map((f) => (
        <li key={f.id}>
          <span className={`status ${lookTones.finding}`}>{t('looks.states.finding')}</span>{' '}
          {f.note}{' '}
          <span className="quiet">
            {f.place} {f.found_by_name} {showTime(f.recorded_at)}
          </span>
          <Thumbs prison={prison} check={check.id} list={f.photos} />
        </li>
      ))}
      {line.looks.map((l) => (
        <li key={l.n}>
          <span className={`status ${lookTones[l.result]}`}>{t(`looks.states.${l.result}`)}</span>{' '}
          {l.place} {l.note}{' '}
          <span className="quiet">
            {t('looks.lookedAt', {
              at: showTime(l.looked_at),
              name: l.by,
              recorded: showTime(l.recorded_at),
            })}
          </span>
          <Thumbs prison={prison} check={check.id} list={l.photos} />
        </li>
      ))}
    </ul>
  )
}
