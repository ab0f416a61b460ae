import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import { act } from '../api/http'
import { ProblemError } from '../api/problem'
import {
  changeFilter,
  type FilterPage,
  forgetFilter,
  keepFilter,
  type SavedFilter,
  useFilters,
} from '../api/retrieval'
import { useT } from '../i18n'
import { toast } from '../ui/toast'

/** Filters kept under a name: one's own, and those that colleagues of the unit show. */
export function SavedFilters(props: {
  prison: string
  page: FilterPage
  /** Of the address as it stands now. */
  query: string
  open: (query: string) => void
}) {
  const { prison, page, query, open } = props
  const t = useT()
  const queries = useQueryClient()
  const { data } = useFilters(prison, page)
  const [form, setForm] = useState<'' | 'keep' | 'manage'>('')
  const once = useRef(act())

  const change = async (what: () => Promise<unknown>, said: string) => {
    try {
      await what()
      toast(said)
      setForm((f) => (f === 'keep' ? '' : f))
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast(error.errors[0]?.message ?? error.message)
    } finally {
      await queries.invalidateQueries({ queryKey: ['filters', prison, page] })
    }
  }

  return (
    <div className="saved-filters no-print">
      <span className="quiet">{t('filters.title')}</span>
      {data?.length === 0 && <span className="quiet">{t('filters.none')}</span>}
      {data?.map((f) => (
        <button
          key={f.id}
          type="button"
          className="chip"
          aria-pressed={f.query === query}
          title={f.mine ? undefined : t('filters.of', { name: f.owner_name })}
          onClick={() => open(f.query)}
        >
          {f.name}
          {!f.mine && <small> {f.owner_name}</small>}
        </button>
      ))}
      <button
        type="button"
        className="link"
        onClick={() => setForm(form === 'keep' ? '' : 'keep')}
        aria-expanded={form === 'keep'}
      >
        {t('filters.keep')}
      </button>
      {data?.some((f) => f.mine) && (
        <button
          type="button"
          className="link"
          onClick={() => setForm(form === 'manage' ? '' : 'manage')}
          aria-expanded={form === 'manage'}
        >
          {t('filters.manage')}
        </button>
      )}
      {form === 'keep' && (
        <FilterForm
          label={t('filters.save')}
          save={(kept) =>
            change(
              () => once.current((key) => keepFilter(prison, page, { ...kept, query }, key)),
              t('filters.kept', { name: kept.name }),
            )
          }
        />
      )}
      {form === 'manage' && (
        <ul className="filter-list">
          {data
            ?.filter((f) => f.actions.includes('update'))
            .map((f) => (
              <li key={`${f.id} ${f.etag}`}>
                <FilterForm
                  filter={f}
                  label={t('filters.rename')}
                  save={(kept) =>
                    change(
                      () => changeFilter(prison, f, { ...kept, query: f.query }),
                      t('filters.kept', { name: kept.name }),
                    )
                  }
                />
                <Button
                  size="small"
                  danger
                  aria-label={t('filters.deleteOf', { name: f.name })}
                  onClick={() =>
                    void change(
                      () => forgetFilter(prison, f),
                      t('filters.deleted', { name: f.name }),
                    )
                  }
                >
                  {t('filters.delete')}
                </Button>
              </li>
            ))}
        </ul>
      )}
    </div>
  )
}

function FilterForm(props: {
  filter?: SavedFilter
  label: string
  save: (kept: { name: string; shared: boolean }) => Promise<void>
}) {
  const { filter, label, save } = props
  const t = useT()
  const [name, setName] = useState(filter?.name ?? '')
  const [shared, setShared] = useState(filter?.shared ?? false)
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault()
        void save({ name, shared })
      }}
    >
      <input
        aria-label={filter ? t('filters.nameOf', { name: filter.name }) : t('filters.name')}
        placeholder={t('filters.name')}
        value={name}
        maxLength={40}
        required
        // biome-ignore lint/a11y/noAutofocus: the form was asked for by a button just before
        autoFocus={!filter}
        onChange={(e) => setName(e.target.value)}
      />
      <label>
        <input type="checkbox" checked={shared} onChange={(e) => setShared(e.target.checked)} />{' '}
        {t('filters.share')}
      </label>
      <Button size="small" htmlType="submit" disabled={!name.trim()}>
        {label}
      </Button>
    </form>
  )
}
