import { Tabs } from 'antd'
import { useState } from 'react'
import { useT } from '../i18n'
import { Conditions } from './Conditions'
import type { Files, Path } from './design'
import { FactsPanel } from './FactsPanel'
import { FieldPanel } from './FieldPanel'
import { FieldTable } from './FieldTable'
import { FilesPanel } from './FilesPanel'
import { Preview } from './Preview'
import { RulesPanel } from './RulesPanel'
import type { Texts } from './texts'

/**
 * A ledger type on the drawing board: fields, layout, conditions, rules, facts,
 * and the form as the officer will see it, judged by the server while it is
 * drawn. What it makes is the three files.
 */
export function Designer(props: {
  prison: string
  files: Files
  texts: Texts
  change: (files: Files) => void
  write: (texts: Texts) => void
}) {
  const { prison, files, texts, change, write } = props
  const t = useT()
  const [chosen, setChosen] = useState<Path>([])
  const items = [
    {
      key: 'fields',
      label: t('designer.tabFields'),
      children: (
        <div className="drawing">
          <FieldTable files={files} change={change} chosen={chosen} choose={setChosen} />
          {chosen.length > 0 && (
            <FieldPanel
              key={chosen.join('.')}
              files={files}
              path={chosen}
              change={change}
              choose={setChosen}
            />
          )}
        </div>
      ),
    },
    {
      key: 'conditions',
      label: t('designer.tabConditions'),
      children: <Conditions files={files} change={change} />,
    },
    {
      key: 'rules',
      label: t('designer.tabRules'),
      children: <RulesPanel files={files} change={change} />,
    },
    {
      key: 'facts',
      label: t('designer.tabFacts'),
      children: <FactsPanel files={files} change={change} />,
    },
    {
      key: 'preview',
      label: t('designer.tabPreview'),
      children: <Preview prison={prison} files={files} />,
    },
    {
      key: 'files',
      label: t('designer.tabFiles'),
      children: <FilesPanel files={files} texts={texts} change={change} write={write} />,
    },
  ]
  return (
    <fieldset className="designer">
      <legend>{t('catalogue.fields')}</legend>
      <Tabs size="small" items={items} destroyOnHidden />
    </fieldset>
  )
}
