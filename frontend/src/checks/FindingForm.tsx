import { useRef, useState } from 'react'
import { actOnCheck, bring, type NewCheckFinding, useDraws, type WholeCheck } from '../api/checks'
import { now } from '../api/clock'
import type { Sheet } from '../api/model'
import { today } from '../form/time'
import { useLang, useT } from '../i18n'
import { useLasting } from '../offline/typed'
import { text } from '../schema/types'
import { PaperFact } from '../stewardship/PaperFact'
import { ActForm, Sentences } from './ActForm'
import { useTally } from './Draws'
import { Guidance } from './Guidance'
import { PhotoField } from './Photos'
import { Ratio } from './Ratio'
import { scopes, severities, sources, videos } from './words'

const none: File[] = []

interface Props {
  prison: string
  check: WholeCheck
  sheet: Sheet
  /** The line that it stands under, where that is known. */
  under?: string
  /** Where they stand, to begin with. */
  place?: string
  sent?: () => void
}

/** What the team found, under a line of the pinned standard; without a line it is advice. */
export function FindingForm({ prison, check, sheet, under, place, sent }: Props) {
  const t = useT()
  const lang = useLang()
  const [id, choose] = useState(under ?? '')
  const lasting = `finding/${check.id}/${under ?? ''}`
  const [photos, setPhotos] = useLasting<File[]>(`${lasting}/photos`, none)
  const severity = useRef<HTMLSelectElement>(null)
  const scope = useRef<HTMLSelectElement>(null)
  const indicators = sheet.domains.flatMap((d) => d.indicators ?? [])
  // What ledgers alone work out is not found on site.
  const groups = indicators.map((i) => ({
    ...i,
    lines: i.lines.filter((l) => l.method !== 'ledger'),
  }))
  const line = groups.flatMap((g) => g.lines).find((l) => l.id === id)
  const measured = line?.form === 'below' || line?.form === 'above'
  const day = today(now())
  const tally = useTally()
  // People are asked in a quiz; at slots one looks back on video.
  const draws = useDraws(prison, check.id).data?.draws ?? []
  const fitting = draws.filter(
    (d) =>
      d.kind !== 'lines' &&
      (d.kind === 'slots' ? line?.method === 'video' : line?.method === 'quiz'),
  )
  return (
    <ActForm
      label={t('checks.find')}
      open
      lasting={lasting}
      done={t('checks.found')}
      say={async (typed, key) => {
        const body: NewCheckFinding = {
          line: id,
          day: typed('day'),
          time: typed('time'),
          place: typed('place'),
          subject: typed('subject'),
          note: typed('note'),
          conclusion: typed('conclusion'),
          severity: typed('severity') as NewCheckFinding['severity'],
          scope: typed('scope') as NewCheckFinding['scope'],
          sources: typed.all('sources') as NewCheckFinding['sources'],
        }
        if (line) {
          body.count = Number(typed('count') || 1)
          body.event = typed('event')
          body.key = typed('key') !== ''
        }
        if (measured) {
          body.of = typed('of')
          body.per = typed('per')
        }
        if (typed('video')) body.video = typed('video') as NewCheckFinding['video']
        const draw = fitting.find((d) => d.id === typed('draw'))
        if (draw)
          body.draw = {
            seed: draw.seed,
            roster: draw.digest,
            drawn: draw.drawn.map((x) => x.item),
          }
        body.photos = await bring(prison, check.id, photos)
        await actOnCheck(prison, check.id, 'findings', body, key)
        setPhotos(none)
        sent?.()
      }}
    >
      {under === undefined && (
        <label className="wide">
          {t('checks.line')}
          <select name="line" value={id} onChange={(e) => choose(e.target.value)}>
            <option value="">{t('checks.advice')}</option>
            {groups.map((g) => (
              <optgroup key={g.code} label={`${g.code} ${text(g.title, lang)}`}>
                {g.lines.map((l) => (
                  <option key={l.id} value={l.id}>
                    {text(l.title, lang)} · {t(`checks.method.${l.method as 'onsite'}`)}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </label>
      )}
      {line && (
        <Guidance
          standard={check.standard}
          version={check.version}
          line={id}
          place={(as) => {
            if (severity.current) severity.current.value = as.severity
            if (scope.current) scope.current.value = as.scope
            // No hand typed it: the form is told, so that it is kept as well.
            scope.current?.dispatchEvent(new Event('input', { bubbles: true }))
          }}
        />
      )}
      {line && <PaperFact prison={prison} area={check.area} line={id} />}
      <label>
        {t('checks.day')}
        <input type="date" name="day" required defaultValue={day} max={day} />
      </label>
      <label>
        {t('checks.time')}
        <input type="time" name="time" />
      </label>
      <label>
        {t('checks.place')}
        <input name="place" maxLength={60} defaultValue={place} />
      </label>
      <label>
        {t('checks.subject')}
        <input name="subject" maxLength={60} />
      </label>
      {measured ? (
        <Ratio />
      ) : (
        line && (
          <label>
            {t('checks.count')}
            <input type="number" name="count" required min={1} max={1000} defaultValue={1} />
          </label>
        )
      )}
      {line && (
        <label>
          {t('checks.event')}
          <input name="event" maxLength={30} list="check-events" />
          <datalist id="check-events">
            {check.events.map((e) => (
              <option key={e} value={e} />
            ))}
          </datalist>
          <small className="quiet">{t('checks.eventMeans')}</small>
        </label>
      )}
      <label>
        {t('checks.severity')}
        <select ref={severity} name="severity" defaultValue="moderate">
          {severities.map((s) => (
            <option key={s} value={s}>
              {t(`checks.severities.${s}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('checks.scope')}
        <select ref={scope} name="scope" defaultValue="limited">
          {scopes.map((s) => (
            <option key={s} value={s}>
              {t(`checks.scopes.${s}`)}
            </option>
          ))}
        </select>
      </label>
      <fieldset className="wide">
        <legend>{t('checks.sources')}</legend>
        <span>
          {sources.map((s) => (
            <label key={s}>
              <input type="checkbox" name="sources" value={s} /> {t(`checks.sourceKinds.${s}`)}
              {'　'}
            </label>
          ))}
        </span>
      </fieldset>
      <Sentences name="note" label={t(line ? 'checks.note' : 'checks.adviceText')} />
      <Sentences name="conclusion" label={t('checks.conclusion')} />
      <PhotoField files={photos} set={setPhotos} />
      {line && (
        <label className="wide inline">
          <input type="checkbox" name="key" /> {t('checks.key')}
        </label>
      )}
      {line?.method === 'video' && (
        <label>
          {t('checks.video')}
          <select name="video">
            {videos.map((v) => (
              <option key={v} value={v}>
                {t(`checks.videos.${v}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      {fitting.length > 0 && (
        <label className="wide">
          {t('draws.restsOn')}
          <select name="draw">
            <option value="">{t('draws.restsOnNone')}</option>
            {fitting.map((d) => (
              <option key={d.id} value={d.id}>
                {t('draws.no', { no: d.no })} {t(`draws.kinds.${d.kind}`)} · {tally(d)}
              </option>
            ))}
          </select>
        </label>
      )}
    </ActForm>
  )
}
