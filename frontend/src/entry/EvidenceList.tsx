import { DownloadOutlined, FileOutlined, FilePdfOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { evidenceUrl } from '../api/evidence'
import type { Entry, Evidence } from '../api/model'
import { showTime } from '../form/time'
import { useT } from '../i18n'
import './document.css'

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1 << 20) return `${(bytes / 1024).toFixed(0)} KB`
  return `${(bytes / (1 << 20)).toFixed(1)} MB`
}

interface Props {
  entry: Pick<Entry, 'prison' | 'id'>
  files: Evidence[]
  onRemove?: (file: Evidence) => void
}

/** Files of one revision (or of the draft) with thumbnail, hash, preview, download. */
export function EvidenceList({ entry, files, onRemove }: Props) {
  const t = useT()
  const [open, setOpen] = useState<Evidence>()
  if (files.length === 0) return <p className="quiet">{t('evidence.none')}</p>
  return (
    <>
      <ul className="gallery">
        {files.map((file) =>
          file.hidden ? (
            <li key={file.id}>
              <em className="quiet">{t('entry.hidden')}</em>
            </li>
          ) : (
            <li key={file.id}>
              <button
                type="button"
                className="thumb"
                onClick={() => setOpen(file)}
                aria-label={t('evidence.preview', { name: file.name })}
              >
                <Thumbnail entry={entry} file={file} />
              </button>
              <div title={file.name}>{file.name}</div>
              <div className="quiet">{fileSize(file.size)}</div>
              <div className="mono" title={file.sha256}>
                {t('evidence.hash', { hash: shortHash(file.sha256) })}
              </div>
              <a href={evidenceUrl(entry, file, 'file')} download={file.name}>
                <DownloadOutlined /> {t('evidence.download')}
              </a>
              {onRemove && (
                <Button
                  type="link"
                  danger
                  onClick={() => onRemove(file)}
                  aria-label={t('evidence.removeNamed', { name: file.name })}
                >
                  {t('evidence.remove')}
                </Button>
              )}
            </li>
          ),
        )}
      </ul>
      {open && <Preview entry={entry} file={open} close={() => setOpen(undefined)} />}
    </>
  )
}

export function shortHash(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12)
}

function Thumbnail({ entry, file }: { entry: Props['entry']; file: Evidence }) {
  const [failed, setFailed] = useState(false)
  if (file.media_type.startsWith('image/') && !failed) {
    return (
      <img
        src={evidenceUrl(entry, file, 'thumbnail')}
        alt=""
        loading="lazy"
        onError={() => setFailed(true)}
      />
    )
  }
  const Icon = file.media_type === 'application/pdf' ? FilePdfOutlined : FileOutlined
  return <Icon style={{ fontSize: 34 }} />
}

function Content({ file, url }: { file: Evidence; url: string }) {
  const t = useT()
  const kind = file.media_type.split('/')[0]
  if (kind === 'image') return <img src={url} alt={file.name} />
  // biome-ignore lint/a11y/useMediaCaption: recordings of body cameras have no captions
  if (kind === 'video') return <video src={url} controls aria-label={file.name} />
  // biome-ignore lint/a11y/useMediaCaption: see above
  if (kind === 'audio') return <audio src={url} controls aria-label={file.name} />
  return <p>{t('evidence.noPreview')}</p>
}

function Preview({
  entry,
  file,
  close,
}: {
  entry: Props['entry']
  file: Evidence
  close: () => void
}) {
  const t = useT()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const url = evidenceUrl(entry, file, 'show')
  return (
    <dialog ref={dialog} className="preview" onClose={close} aria-label={file.name}>
      <Content file={file} url={url} />
      <p>
        {file.name} · {fileSize(file.size)} · {showTime(file.uploaded_at)}
        <br />
        <span className="mono">{file.sha256}</span>
      </p>
      <form method="dialog">
        <Button htmlType="submit">{t('keys.close')}</Button>
      </form>
    </dialog>
  )
}
