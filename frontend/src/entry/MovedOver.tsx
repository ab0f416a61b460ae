import type { EntryView, Moved } from '../api/model'
import { useLedgerType } from '../api/queries'
import { useLang, useT } from '../i18n'
import { expand } from '../schema/expand'
import { type Json, type Text, text, titleOf } from '../schema/types'
import { fieldOf } from './labels'

/** The ledger got a new version under somebody's hands: what of the typing found no place, or wants a look. */
export function MovedOver({ moved }: { moved: Moved }) {
  const t = useT()
  const lang = useLang()
  const { dropped, held } = moved
  return (
    <div className="panel" role="status">
      <p>{t('edit.moved')}</p>
      {dropped.length > 0 && <NoPlace dropped={dropped as NoPlaceProps['dropped']} />}
      {held.length > 0 && (
        <p className="late">
          {t('edit.movedHeld', { fields: held.map((h) => text(h, lang)).join(t('marks.list')) })}
        </p>
      )}
    </div>
  )
}

/** The same of a draft that the program moved while nobody had it open, until it is filed. */
export function MovedBefore({ view }: { view: EntryView }) {
  const t = useT()
  const filed = view.events
    .filter((e) => e.kind === 'submitted')
    .map((e) => Date.parse(e.recorded_at))
  const since = Math.max(0, ...filed)
  const moves = view.events.filter(
    (e) => leftOut(e).length > 0 && Date.parse(e.recorded_at) > since,
  )
  if (moves.length === 0) return null
  return (
    <div className="panel" role="status">
      <p>{t('edit.movedBefore')}</p>
      {moves.map((e) => (
        <LeftOut key={e.recorded_at} ledger={view.entry.ledger} event={e} />
      ))}
    </div>
  )
}

type Event = EntryView['events'][number]

/** By the stable id of the field; null where the program found nothing. */
function leftOut(event: Event): [id: string, value: Json][] {
  if (event.kind !== 'rebased') return []
  return Object.entries((event.detail as { dropped?: Record<string, Json> | null }).dropped ?? {})
}

/** What a move to a newer version left out, by the titles that the version before gave it. */
export function LeftOut({ ledger, event }: { ledger: string; event: Event }) {
  const lang = useLang()
  const out = leftOut(event)
  const { from } = event.detail as { from?: number }
  const type = useLedgerType(out.length > 0 ? ledger : '', from)
  if (out.length === 0) return null
  const schema = type.data && expand(type.data.schema)
  const dropped = out.map(([id, value]) => {
    const field = schema && fieldOf(schema, id)
    return { title: { zh: field ? titleOf(field, id, lang) : id }, value }
  })
  return <NoPlace dropped={dropped} />
}

interface NoPlaceProps {
  dropped: { title: Text; value: Json }[]
}

function NoPlace({ dropped }: NoPlaceProps) {
  const t = useT()
  const lang = useLang()
  return (
    <>
      <p className="late">{t('edit.movedDropped')}</p>
      <ul className="changes">
        {dropped.map(({ title, value }) => (
          <li key={title.zh}>
            <strong>{text(title, lang)}</strong>{' '}
            {typeof value === 'string' ? value : JSON.stringify(value)}
          </li>
        ))}
      </ul>
    </>
  )
}
