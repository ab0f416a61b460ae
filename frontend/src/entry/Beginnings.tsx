import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { dropTemplate, saveTemplate, useBeginnings } from '../api/beginnings'
import { newKey } from '../api/http'
import type { Entry } from '../api/model'
import { ProblemError } from '../api/problem'
import type { FormStore } from '../form/store'
import { useT } from '../i18n'
import { join, type Pointer } from '../schema/pointer'
import type { Doc, Json } from '../schema/types'
import { toast } from '../ui/toast'

/** Above the form of a new entry: begin as the last one, or with one of one's own templates. */
export function Beginnings({ entry, store }: { entry: Entry; store: FormStore }) {
  const t = useT()
  const queries = useQueryClient()
  const { data } = useBeginnings(entry.prison, entry.area, entry.ledger)
  const [chosen, choose] = useState('')
  const [naming, setNaming] = useState<string>()
  const [filled, setFilled] = useState<{ from: string; names: Pointer[] }>()
  if (!data) return null
  const { last, templates } = data
  const template = templates.find((m) => m.id === chosen)

  /** Only what is still empty is filled: nothing typed goes away. */
  const fill = (body: Doc, from: string) => {
    const values = Object.entries(body)
      .map(([name, value]) => [join('', name), value] as [Pointer, Json])
      .filter(([at]) => store.value(at) === undefined)
    store.setAll(values)
    setFilled({ from, names: values.map(([at]) => at) })
  }
  const takeBack = () => {
    for (const at of filled?.names ?? []) store.set(at, undefined)
    setFilled(undefined)
  }
  const guarded = async (act: () => Promise<void>) => {
    try {
      await act()
      await queries.invalidateQueries({ queryKey: ['beginnings'] })
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      toast(error.errors[0]?.message ?? error.message)
    }
  }
  const save = () =>
    guarded(async () => {
      await saveTemplate(entry, naming ?? '', store.toSend(), newKey())
      toast(t('beginnings.saved', { name: naming }))
      setNaming(undefined)
    })

  const dropped = filled?.from === template?.name ? (template?.dropped ?? []) : []
  return (
    <div className="bar">
      {last && last.held.length === 0 && Object.keys(last.body).length > 0 && (
        <Button onClick={() => fill(last.body, last.day)}>
          {t('beginnings.last', { day: last.day })}
        </Button>
      )}
      {templates.length > 0 && (
        <>
          <label>
            {t('beginnings.templates')}{' '}
            <select value={chosen} onChange={(e) => choose(e.target.value)}>
              <option value="">{t('beginnings.choose')}</option>
              {templates.map((m) => (
                <option key={m.id} value={m.id}>
                  {m.name}
                </option>
              ))}
            </select>
          </label>
          <Button
            disabled={!template || template.held.length > 0}
            onClick={() => template && fill(template.body, template.name)}
          >
            {t('beginnings.use')}
          </Button>
          <Button
            disabled={!template}
            onClick={() =>
              void guarded(async () => {
                await dropTemplate(entry.prison, chosen)
                choose('')
              })
            }
          >
            {t('beginnings.drop')}
          </Button>
        </>
      )}
      {naming === undefined ? (
        <Button onClick={() => setNaming('')}>{t('beginnings.save')}</Button>
      ) : (
        <form
          className="bar"
          onSubmit={(e) => {
            e.preventDefault()
            void save()
          }}
        >
          <Input
            autoFocus
            aria-label={t('beginnings.name')}
            placeholder={t('beginnings.name')}
            maxLength={40}
            value={naming}
            onChange={(e) => setNaming(e.target.value)}
            style={{ width: 180 }}
          />
          <Button htmlType="submit" type="primary" disabled={!naming.trim()}>
            {t('beginnings.keep')}
          </Button>
          <Button onClick={() => setNaming(undefined)}>{t('beginnings.cancel')}</Button>
        </form>
      )}
      <span role="status">
        {filled && (
          <>
            {t('beginnings.filled', { from: filled.from, count: filled.names.length })}{' '}
            {filled.names.length > 0 && (
              <Button size="small" onClick={takeBack}>
                {t('beginnings.undo')}
              </Button>
            )}
          </>
        )}
        {dropped.length > 0 && (
          <span className="warning">{t('beginnings.dropped', { fields: dropped.join(', ') })}</span>
        )}
        {template && template.held.length > 0 && (
          <span className="danger">
            {t('beginnings.held', { fields: template.held.join(', ') })}
          </span>
        )}
      </span>
    </div>
  )
}
