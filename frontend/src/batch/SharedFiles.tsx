import { useEffect, useState, useSyncExternalStore } from 'react'
import { getEntry } from '../api/entries'
import { detach, transport } from '../api/evidence'
import { newKey } from '../api/http'
import type { Entry, Evidence, EvidenceLine } from '../api/model'
import { isProblem } from '../api/problem'
import { EvidenceList } from '../entry/EvidenceList'
import { UploadPanel } from '../evidence/UploadPanel'
import type { Transport } from '../evidence/uploads'
import { useT } from '../i18n'
import { refused } from '../offline/files'
import { plainName } from '../offline/name'
import { useWarningBeforeLeaving } from '../ui/useWarningBeforeLeaving'
import type { BatchUploads } from './files'

/** The files that prove every row of the batch: they lie beside a draft of their own. */
export function SharedFiles(props: {
  prison: string
  lines: EvidenceLine[]
  entry: string | undefined
  uploads: BatchUploads
  onChange: () => void
}) {
  const { prison, lines, entry, uploads, onChange } = props
  const t = useT()
  const [files, setFiles] = useState<Evidence[]>([])
  const [head, setHead] = useState<Entry>()
  const items = useSyncExternalStore(uploads.subscribe, () => uploads.items)

  useWarningBeforeLeaving(uploads.loose)
  useEffect(() => {
    if (!entry) return
    getEntry(prison, entry).then(
      (view) => {
        setHead(view.entry)
        setFiles((have) => [
          ...view.attached,
          ...have.filter((h) => view.attached.every((a) => a.id !== h.id)),
        ])
      },
      // Without the server the files cannot be shown; they are there all the same.
      () => undefined,
    )
  }, [prison, entry])
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once for every file
  useEffect(() => {
    const done = items.flatMap((item) => item.done ?? [])
    if (done.length === 0) return
    setFiles((have) => [...have, ...done.filter((f) => have.every((h) => h.id !== f.id))])
    onChange()
  }, [items])

  const remove = async (file: Evidence) => {
    if (!head) return
    await detach(prison, head.id, file.id, newKey())
    setFiles((have) => have.filter((h) => h.id !== file.id))
    onChange()
  }
  return (
    <section className="panel" aria-labelledby="shared-files">
      <h2 id="shared-files">{t('batch.filesTitle')}</h2>
      <p className="quiet">{t('batch.filesHint')}</p>
      {uploads.loose && (
        <p className="late" role="alert">
          {t('batch.filesLoose')}
        </p>
      )}
      {lines.map((line) => {
        const own = files.filter((f) => f.slot === line.id)
        return (
          <div key={line.id} className="shared-slot">
            <UploadPanel line={line} have={own.length} uploads={uploads} problems={[]} />
            {head && own.length > 0 && (
              <EvidenceList entry={head} files={own} onRemove={(f) => void remove(f)} />
            )}
          </div>
        )
      })}
    </section>
  )
}

/** The draft is made with the first file, so that a batch without files leaves none behind. */
export function lazily(
  prison: string,
  entry: string | undefined,
  begin: () => Promise<string>,
): Transport<Evidence> {
  let to = entry ? Promise.resolve(entry) : undefined
  const made = async () => {
    to ??= begin()
    try {
      return transport(prison, await to)
    } catch (error) {
      if (!entry) to = undefined
      throw error
    }
  }
  return {
    begin: async (file, slot, key) => {
      if (!plainName(file.name)) throw refused('badName')
      const to = await made()
      const id = await to.begin(file, slot, key)
      try {
        await to.received(id)
        return id
      } catch (error) {
        // Nobody went on with it for a day and the server swept it: begun anew.
        if (isProblem(error) && error.status === 404) return to.begin(file, slot)
        throw error
      }
    },
    received: async (id) => (await made()).received(id),
    part: async (id, offset, bytes, signal) => (await made()).part(id, offset, bytes, signal),
  }
}
