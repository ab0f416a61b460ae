import type { Role } from '../api/model'
import { useLedgers, useOrganisation } from '../api/queries'
import { approvers, fillers } from '../app/posts'
import { useLang, useT } from '../i18n'
import { get, set } from '../schema/pointer'
import { type Json, text } from '../schema/types'
import type { Files } from './design'
import { LinesEditor, type Member, MemberField } from './LinesEditor'
import { pointers } from './pointers'

const cadences = ['per_shift', 'daily', 'weekly', 'monthly', 'quarterly', 'event'] as const

/** Who fills it, when it is due, who decides, what must be attached: the facts of ledger.json. */
export function FactsPanel(props: { files: Files; change: (files: Files) => void }) {
  const { files, change } = props
  const t = useT()
  const lang = useLang()
  const ledgers = useLedgers().data ?? []
  const departments = useOrganisation().data?.departments ?? []
  const fields = pointers(files, lang)
  const { definition } = files
  const put = (at: string, value: Json | undefined) =>
    change({ ...files, definition: set(definition, at, value) as Files['definition'] })
  const roles = (list: Role[]) => list.map((value) => ({ value, label: t(`role.${value}`) }))
  const units = (['area', 'owner', 'prison'] as const).map((value) => ({
    value,
    label: t(`designer.unit_${value}`),
  }))
  const single: Member[] = [
    { at: '/title/zh', label: t('designer.zh'), kind: 'text' },
    { at: '/title/en', label: t('designer.en'), kind: 'text' },
    { at: '/lawful_basis/zh', label: t('designer.basis'), kind: 'text' },
    { at: '/filler/roles', label: t('designer.filler'), kind: 'many', options: roles(fillers) },
    {
      at: '/filler/unit',
      label: t('designer.fillerUnit'),
      kind: 'one',
      options: (['area', 'dept'] as const).map((value) => ({
        value,
        label: t(`designer.unit_${value}`),
      })),
    },
    {
      at: '/areas/kinds',
      label: t('designer.kinds'),
      kind: 'many',
      options: (['ordinary', 'functional'] as const).map((value) => ({
        value,
        label: t(`designer.kind_${value}`),
      })),
    },
    { at: '/areas/labour', label: t('designer.labour'), kind: 'flag' },
    {
      at: '/cadence/kind',
      label: t('designer.cadence'),
      kind: 'one',
      options: cadences.map((value) => ({ value, label: t(`cadence.${value}`) })),
    },
    { at: '/cadence/expected', label: t('designer.expected'), kind: 'number' },
    {
      at: '/cadence/per',
      label: t('designer.per'),
      kind: 'one',
      options: (['area', 'inmate', 'site'] as const).map((value) => ({
        value,
        label: t(`designer.per_${value}`),
      })),
    },
    { at: '/cadence/deadline_hours', label: t('designer.deadline'), kind: 'number' },
    { at: '/cadence/workdays', label: t('designer.workdays'), kind: 'flag' },
    { at: '/cadence/nil', label: t('designer.nil'), kind: 'flag' },
    { at: '/cadence/counts', label: t('designer.counts'), kind: 'expression' },
    { at: '/occurred', label: t('designer.occurred'), kind: 'one', options: fields },
    { at: '/summary', label: t('designer.summary'), kind: 'many', options: fields },
    { at: '/retention/years', label: t('designer.years'), kind: 'number' },
    {
      at: '/sensitivity',
      label: t('designer.sensitivity'),
      kind: 'one',
      options: ['L1', 'L2', 'L3'].map((value) => ({ value, label: value })),
    },
    { at: '/enforcement_evidence', label: t('designer.enforcement'), kind: 'flag' },
  ]
  const title: Member[] = [
    { at: '/title/zh', label: t('designer.zh'), kind: 'text' },
    { at: '/title/en', label: t('designer.en'), kind: 'text' },
  ]
  return (
    <div>
      <div className="facts">
        {single.map((m) => (
          <MemberField
            key={m.at}
            member={m}
            value={get(definition, m.at)}
            change={(value) => put(m.at, value)}
          />
        ))}
        {get(definition, '/filler/unit') === 'dept' && (
          <MemberField
            member={{
              at: '/filler/dept',
              label: t('catalogue.department'),
              kind: 'one',
              options: departments.map((d) => ({ value: d.code, label: text(d.title, lang) })),
            }}
            value={get(definition, '/filler/dept')}
            change={(value) => put('/filler/dept', value)}
          />
        )}
      </div>
      <LinesEditor
        name={t('designer.chain')}
        lines={definition.chain ?? []}
        fresh={{ id: '', title: { zh: '', en: '' }, roles: [], unit: 'area', mode: 'any' }}
        members={[
          { at: '/id', label: t('designer.id'), kind: 'text' },
          ...title,
          { at: '/roles', label: t('designer.roles'), kind: 'many', options: roles(approvers) },
          { at: '/unit', label: t('designer.unit'), kind: 'one', options: units },
          {
            at: '/mode',
            label: t('designer.mode'),
            kind: 'one',
            options: (['any', 'all', 'vote'] as const).map((value) => ({
              value,
              label: t(`designer.mode_${value}`),
            })),
          },
          { at: '/quorum', label: t('designer.quorum'), kind: 'fraction' },
          { at: '/majority', label: t('designer.majority'), kind: 'fraction' },
          { at: '/within_workdays', label: t('designer.within'), kind: 'number' },
          { at: '/when', label: t('designer.whenExpr'), kind: 'expression' },
        ]}
        change={(lines) => put('/chain', lines)}
      />
      <LinesEditor
        name={t('designer.evidence')}
        lines={definition.evidence ?? []}
        fresh={{ id: '', title: { zh: '', en: '' }, kinds: ['any'], min: 0, max: 10 }}
        members={[
          { at: '/id', label: t('designer.id'), kind: 'text' },
          ...title,
          {
            at: '/kinds',
            label: t('designer.fileKinds'),
            kind: 'many',
            options: (['image', 'pdf', 'any'] as const).map((value) => ({
              value,
              label: t(`designer.file_${value}`),
            })),
          },
          { at: '/min', label: t('designer.min'), kind: 'amount' },
          { at: '/max', label: t('designer.max'), kind: 'number' },
        ]}
        change={(lines) => put('/evidence', lines)}
      />
      <LinesEditor
        name={t('designer.sources')}
        lines={definition.sources ?? []}
        fresh={{ field: '', ledger: '', take: '', pick: 'latest' }}
        members={[
          { at: '/field', label: t('designer.field'), kind: 'one', options: fields },
          {
            at: '/ledger',
            label: t('designer.sourceLedger'),
            kind: 'one',
            options: ledgers.map((l) => ({ value: l.id, label: text(l.title, lang) })),
          },
          { at: '/take', label: t('designer.take'), kind: 'text' },
          {
            at: '/pick',
            label: t('designer.pick'),
            kind: 'one',
            options: (['latest', 'sum', 'count'] as const).map((value) => ({
              value,
              label: t(`designer.pick_${value}`),
            })),
          },
          { at: '/where', label: t('designer.whenExpr'), kind: 'expression' },
        ]}
        change={(lines) => put('/sources', lines)}
      />
    </div>
  )
}
