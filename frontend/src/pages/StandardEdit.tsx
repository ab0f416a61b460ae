import { useParams } from 'react-router'
import { useDraft, useStandardName } from '../api/standards'
import { useT } from '../i18n'
import { Editor } from '../standards/edit/Editor'
import { PageTitle } from '../ui/PageTitle'
import { Ready } from '../ui/States'

/** A draft by its fields, held to the release checks while it is written. */
export default function StandardEdit() {
  const t = useT()
  const nameOf = useStandardName()
  const { standard = '', version = '' } = useParams()
  const query = useDraft(standard, Number(version))
  return (
    <>
      <PageTitle title={t('standards.editing', { standard: nameOf(standard), version })} />
      {/* Begun once: what is typed stays, whoever saves meanwhile. */}
      <Ready query={query}>{(whole) => <Editor whole={whole} />}</Ready>
    </>
  )
}
