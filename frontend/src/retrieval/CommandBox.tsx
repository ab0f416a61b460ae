import { useEffect, useId, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useLedgers, useMe, usePrison } from '../api/queries'
import { useSearch } from '../api/retrieval'
import { menuFor, pagesOf } from '../app/menu'
import { showTime } from '../form/time'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import { useNames } from '../ui/names'
import { Quoted } from './Marked'
import { kindOf, traceOf } from './subject'
import './retrieval.css'

interface Option {
  key: string
  group: string
  to: string
  shown: React.ReactNode
}

/** Ctrl+K from anywhere: to a page, a ledger, an entry, a subject's trace. */
export function CommandBox({ close }: { close: () => void }) {
  const t = useT()
  const id = useId()
  const navigate = useNavigate()
  const dialog = useRef<HTMLDialogElement>(null)
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const { options, searching } = useOptions(typed)
  const current = Math.min(at, options.length - 1)
  useEffect(() => dialog.current?.showModal(), [])

  const go = (option: Option | undefined) => {
    if (!option) return
    dialog.current?.close()
    navigate(option.to)
  }

  return (
    <dialog ref={dialog} className="command-box" aria-label={t('command.title')} onClose={close}>
      <input
        type="search"
        role="combobox"
        aria-label={t('command.label')}
        aria-expanded={options.length > 0}
        aria-controls={`${id}list`}
        aria-activedescendant={options[current] && `${id}${current}`}
        aria-autocomplete="list"
        placeholder={t('command.placeholder')}
        value={typed}
        autoFocus
        onChange={(e) => {
          setTyped(e.target.value)
          setAt(0)
        }}
        onKeyDown={(e) => {
          if (e.nativeEvent.isComposing) return
          const step = { ArrowDown: 1, ArrowUp: -1 }[e.key]
          if (step) {
            e.preventDefault()
            setAt((current + step + options.length) % Math.max(1, options.length))
          }
          if (e.key === 'Enter') {
            // Else the closing box hands the key on to what had the focus before.
            e.preventDefault()
            go(options[current])
          }
        }}
      />
      <div id={`${id}list`} role="listbox" aria-label={t('command.found')}>
        {options.map((o, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's
          // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus
          <div
            key={o.key}
            id={`${id}${index}`}
            role="option"
            aria-selected={index === current}
            onClick={() => go(o)}
            ref={(node) => {
              if (index === current) node?.scrollIntoView({ block: 'nearest' })
            }}
          >
            <small className="quiet">{o.group}</small> {o.shown}
          </div>
        ))}
      </div>
      <p className="quiet" role="status">
        {searching
          ? t('state.loading')
          : options.length === 0
            ? t('command.none')
            : t('command.keys')}
      </p>
    </dialog>
  )
}

/** Waits until the typing pauses: one question for a word, not one for a letter. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), 200)
    return () => window.clearTimeout(timer)
  }, [value])
  return settled
}

function useOptions(typed: string): { options: Option[]; searching: boolean } {
  const t = useT()
  const lang = useLang()
  const names = useNames()
  const me = useMe().data
  const prison = usePrison()
  const ledgers = useLedgers().data ?? []
  const words = typed.trim()
  const q = useSettled(words)
  const search = useSearch({ prison, q, limit: 8 })
  const has = (name: string) => name.toLowerCase().includes(words.toLowerCase())
  const options: Option[] = []
  const kind = kindOf(words)
  if (kind) {
    options.push({ key: 'trace', group: t('menu.trace'), to: traceOf(kind, words), shown: words })
  }
  const pages = me ? menuFor(me).flatMap((g) => g.lines.flatMap((l) => pagesOf(me, l.to))) : []
  for (const { to, label } of pages) {
    if (has(t(label))) {
      options.push({ key: to, group: t('command.page'), to, shown: t(label) })
    }
  }
  for (const l of words ? ledgers : []) {
    const title = text(l.title, lang)
    if (has(title)) {
      options.push({ key: l.id, group: t('command.ledger'), to: `/ledgers/${l.id}`, shown: title })
    }
  }
  if (words && q === words && search.data) {
    for (const { entry, excerpts } of search.data.pages[0]?.hits ?? []) {
      options.push({
        key: entry.id,
        group: t('command.entry'),
        to: `/prisons/${entry.prison}/entries/${entry.id}`,
        shown: (
          <>
            {names.ledger(entry.ledger)} {showTime(entry.occurred_at)}{' '}
            {excerpts[0] && <Quoted excerpt={excerpts[0]} />}
          </>
        ),
      })
    }
  }
  if (words) {
    options.push({
      key: 'all',
      group: t('menu.search'),
      to: `/search?${new URLSearchParams({ q: words })}`,
      shown: t('command.all', { words }),
    })
  }
  return { options, searching: words !== '' && (q !== words || search.isFetching) }
}
