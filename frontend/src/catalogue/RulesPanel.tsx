import { useLedgers } from '../api/queries'
import { useLang, useT } from '../i18n'
import { type Json, text } from '../schema/types'
import type { Files } from './design'
import { LinesEditor } from './LinesEditor'
import { pointers } from './pointers'

/** What is computed, checked, counted and opened elsewhere: expressions over the document. */
export function RulesPanel(props: { files: Files; change: (files: Files) => void }) {
  const { files, change } = props
  const t = useT()
  const lang = useLang()
  const ledgers = useLedgers().data ?? []
  const fields = pointers(files, lang)
  const { definition } = files
  const put = (name: string) => (lines: Json[]) =>
    change({ ...files, definition: { ...definition, [name]: lines } })
  const title = [
    { at: '/title/zh', label: t('designer.zh'), kind: 'text' as const },
    { at: '/title/en', label: t('designer.en'), kind: 'text' as const },
  ]
  const id = { at: '/id', label: t('designer.id'), kind: 'text' as const }
  const when = { at: '/when', label: t('designer.whenExpr'), kind: 'expression' as const }
  const choice = (names: readonly ('error' | 'warning' | 'submit' | 'approve')[]) =>
    names.map((value) => ({ value, label: t(`designer.rule_${value}`) }))
  return (
    <div>
      <p className="quiet">{t('designer.rulesHelp')}</p>
      <LinesEditor
        name={t('designer.computed')}
        lines={definition.computed ?? []}
        fresh={{ field: '', expr: '' }}
        members={[
          { at: '/field', label: t('designer.field'), kind: 'one', options: fields },
          { at: '/expr', label: t('designer.expr'), kind: 'expression' },
        ]}
        change={put('computed')}
      />
      <LinesEditor
        name={t('designer.rules')}
        lines={definition.rules ?? []}
        fresh={{
          id: '',
          at: '',
          expr: '',
          level: 'error',
          stage: 'submit',
          message: { zh: '', en: '' },
        }}
        members={[
          id,
          { at: '/at', label: t('designer.field'), kind: 'one', options: fields },
          { at: '/expr', label: t('designer.holds'), kind: 'expression' },
          { at: '/message/zh', label: t('designer.messageZh'), kind: 'text' },
          { at: '/message/en', label: t('designer.messageEn'), kind: 'text' },
          {
            at: '/level',
            label: t('designer.level'),
            kind: 'one',
            options: choice(['error', 'warning']),
          },
          {
            at: '/stage',
            label: t('designer.stage'),
            kind: 'one',
            options: choice(['submit', 'approve']),
          },
        ]}
        change={put('rules')}
      />
      <LinesEditor
        name={t('designer.measures')}
        lines={definition.measures ?? []}
        fresh={{ id: '', title: { zh: '', en: '' }, when: '', value: '1' }}
        members={[
          id,
          ...title,
          when,
          { at: '/value', label: t('designer.measured'), kind: 'expression' },
        ]}
        change={put('measures')}
      />
      <LinesEditor
        name={t('designer.triggers')}
        lines={definition.triggers ?? []}
        fresh={{ id: '', title: { zh: '', en: '' }, when: '', opens: '' }}
        members={[
          id,
          ...title,
          when,
          {
            at: '/opens',
            label: t('designer.opens'),
            kind: 'one',
            options: ledgers.map((l) => ({ value: l.id, label: text(l.title, lang) })),
          },
        ]}
        change={put('triggers')}
      />
    </div>
  )
}
