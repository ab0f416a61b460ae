import { CameraOutlined, UploadOutlined } from '@ant-design/icons'
import { Button, Progress } from 'antd'
import { type ClipboardEvent, type DragEvent, useRef, useState, useSyncExternalStore } from 'react'
import type { Evidence, EvidenceLine } from '../api/model'
import { ProblemError } from '../api/problem'
import { fileSize } from '../entry/EvidenceList'
import { useLang, useT } from '../i18n'
import { text } from '../schema/types'
import type { UploadItem, Uploads } from './uploads'

const accepted: Record<EvidenceLine['kinds'][number], string> = {
  image: 'image/jpeg,image/png,image/webp',
  pdf: 'application/pdf',
  any: 'image/jpeg,image/png,image/webp,application/pdf,video/mp4,audio/mpeg,audio/wav',
}

interface Props {
  line: EvidenceLine
  have: number
  uploads: Uploads<Evidence>
  /** What the server says is missing here. */
  problems: string[]
}

/** One evidence line of a type: drag, choose, paste or photograph files onto it. */
export function UploadPanel({ line, have, uploads, problems }: Props) {
  const t = useT()
  const lang = useLang()
  const [over, setOver] = useState(false)
  const choose = useRef<HTMLInputElement>(null)
  const camera = useRef<HTMLInputElement>(null)
  const items = useSyncExternalStore(uploads.subscribe, () => uploads.items)
  const mine = items.filter((item) => item.slot === line.id && item.state !== 'done')
  const title = text(line.title, lang)

  const add = (files: Iterable<File> | null | undefined) => {
    // A failure stays in the list, where it can be tried again.
    for (const file of files ?? []) uploads.add(file, line.id).catch(() => undefined)
  }
  const drop = (e: DragEvent) => {
    e.preventDefault()
    setOver(false)
    add(e.dataTransfer.files)
  }
  const paste = (e: ClipboardEvent) => {
    if (e.clipboardData.files.length === 0) return
    e.preventDefault()
    add(e.clipboardData.files)
  }

  return (
    <section
      id={`field-@evidence-${line.id}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: pasting needs a focus to paste into
      tabIndex={0}
      className={`drop ${over ? 'over' : ''}`}
      aria-label={title}
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      onPaste={paste}
    >
      <div className="drop-head">
        <strong>{title}</strong>
        <span className="quiet">{t('evidence.have', { count: have })}</span>
        <Button icon={<UploadOutlined />} onClick={() => choose.current?.click()}>
          {t('evidence.choose')}
        </Button>
        {!line.kinds.every((k) => k === 'pdf') && (
          <Button icon={<CameraOutlined />} onClick={() => camera.current?.click()}>
            {t('evidence.camera')}
          </Button>
        )}
        <span className="quiet">{t('evidence.hint')}</span>
      </div>
      {problems.map((problem) => (
        <p key={problem} className="danger">
          {problem}
        </p>
      ))}
      <input
        ref={choose}
        type="file"
        hidden
        multiple
        accept={line.kinds.map((k) => accepted[k]).join()}
        data-slot={line.id}
        onChange={(e) => {
          add(e.target.files)
          e.target.value = ''
        }}
      />
      <input
        ref={camera}
        type="file"
        hidden
        accept="image/*"
        capture="environment"
        onChange={(e) => {
          add(e.target.files)
          e.target.value = ''
        }}
      />
      {mine.map((item) => (
        <UploadRow key={item.key} item={item} uploads={uploads} />
      ))}
    </section>
  )
}

function UploadRow({ item, uploads }: { item: UploadItem<Evidence>; uploads: Uploads<Evidence> }) {
  const t = useT()
  const percent = Math.floor((item.sent / item.file.size) * 100)
  const active = item.state === 'sending' || item.state === 'waiting'
  return (
    <div className="upload-row">
      <span>{item.file.name}</span>
      <span className="quiet">{fileSize(item.file.size)}</span>
      <Progress
        percent={percent}
        size="small"
        status={item.state === 'failed' ? 'exception' : 'normal'}
        aria-label={item.file.name}
      />
      {item.error !== undefined && (
        <span className="danger" role="alert">
          {item.error instanceof ProblemError ? item.error.message : t('form.uploadFailed')}
        </span>
      )}
      {active && <Button onClick={() => uploads.pause(item.key)}>{t('evidence.pause')}</Button>}
      {item.state === 'paused' && (
        <Button onClick={() => uploads.resume(item.key)}>{t('evidence.resume')}</Button>
      )}
      {item.state === 'failed' && (
        <Button onClick={() => uploads.resume(item.key)}>{t('evidence.again')}</Button>
      )}
      <Button type="text" onClick={() => uploads.remove(item.key)}>
        {t('evidence.remove')}
      </Button>
    </div>
  )
}
