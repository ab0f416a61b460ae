import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useNavigate } from 'react-router'
import { importStandard, type Misread, type StandardFrame, useStandards } from '../api/standards'
import { useT } from '../i18n'
import { base64 } from '../standards/base64'
import { Misreadings } from '../standards/Misreadings'
import { Problems } from '../standards/Problems'
import { useAct } from '../standards/useAct'
import { PageTitle } from '../ui/PageTitle'
import '../approval/approval.css'

const kinds = ['ordinary', 'functional', 'prison', 'other'] as const

/** A standard from a table, the mistakes of which come back by row and column. */
export default function StandardImport() {
  const t = useT()
  const go = useNavigate()
  const { busy, problems, run } = useAct()
  const [mistakes, setMistakes] = useState<Misread[]>([])
  const list = useStandards().data?.standards ?? []
  const [named, setNamed] = useState('')
  // The draft that the table would take the place of.
  const draft = list.find(
    (v) =>
      (v.state === 'draft' || v.state === 'reviewed') && `${v.standard} ${v.version}` === named,
  )
  const send = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const typed = new FormData(e.currentTarget)
    const value = (name: string) => String(typed.get(name) ?? '').trim()
    const file = typed.get('file')
    if (!(file instanceof File)) return
    const version = Number(value('version'))
    const functions = value('functions')
      .split(/[\s,，、]+/)
      .filter(Boolean)
    const frame: StandardFrame = {
      id: value('id'),
      version,
      title: { zh: value('name'), en: value('nameEn') },
      unit: { kind: value('kind') as StandardFrame['unit']['kind'], functions },
      line: value('line'),
      months: Number(value('months')),
    }
    const table = await base64(file)
    setMistakes([])
    await run(async (key) => {
      const answer = await importStandard(frame, table, draft?.revision, key)
      setMistakes(answer.mistakes)
      if (answer.version)
        await go(`/standards/${answer.version.standard}/v/${answer.version.version}`)
    })
  }
  return (
    <>
      <PageTitle title={t('standards.import')} />
      <div className="panel">
        <p>{t('standards.importMeans')}</p>
        <form
          className="delegation-form"
          onSubmit={(e) => void send(e)}
          onChange={(e) => {
            const typed = new FormData(e.currentTarget)
            setNamed(`${String(typed.get('id') ?? '').trim()} ${Number(typed.get('version'))}`)
          }}
        >
          <label>
            {t('standards.id')}
            <input name="id" required pattern="[a-z][a-z0-9\-]{1,39}" />
            <small className="quiet">{t('standards.idMeans')}</small>
          </label>
          <label>
            {t('standards.version')}
            <input name="version" type="number" min={1} defaultValue={1} required />
          </label>
          <label>
            {t('standards.nameZh')}
            <input name="name" required maxLength={100} />
          </label>
          <label>
            {t('standards.nameEn')}
            <input name="nameEn" maxLength={100} />
          </label>
          <label>
            {t('standards.unit')}
            <select name="kind" defaultValue="other">
              {kinds.map((k) => (
                <option key={k} value={k}>
                  {t(`standards.unit_${k}`)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t('standards.functions')}
            <input name="functions" />
            <small className="quiet">{t('standards.functionsMean')}</small>
          </label>
          <label>
            {t('standards.line')}
            <input name="line" required inputMode="decimal" pattern="[0-9]+(\.[0-9]+)?" />
          </label>
          <label>
            {t('standards.months')}
            <input name="months" type="number" min={1} max={36} defaultValue={6} required />
          </label>
          <label>
            {t('standards.file')}
            <input name="file" type="file" accept=".xlsx,.csv" required />
          </label>
          {draft && (
            <label className="wide">
              <input type="checkbox" name="over" required />{' '}
              {t('standards.over', { revision: draft.revision })}
            </label>
          )}
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('standards.bringIn')}
          </Button>
        </form>
        <Problems list={problems} />
        <Misreadings list={mistakes} none={t('standards.misread', { count: mistakes.length })} />
      </div>
    </>
  )
}
