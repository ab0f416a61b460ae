import { CameraOutlined, CloseOutlined, PictureOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { photoUrl, thumbUrl } from '../api/checks'
import { useT } from '../i18n'

/** What the server takes of a look or a finding. */
const types = ['image/jpeg', 'image/png', 'image/webp']
const largest = 20 << 20
const most = 9

/** Photographs to be sent with what is typed: taken on the spot, or chosen. */
export function PhotoField({ files, set }: { files: File[]; set: (files: File[]) => void }) {
  const t = useT()
  const camera = useRef<HTMLInputElement>(null)
  const choose = useRef<HTMLInputElement>(null)
  const [refused, refuse] = useState<string[]>([])
  const add = (input: HTMLInputElement) => {
    const all = [...files]
    const not: string[] = []
    for (const file of input.files ?? []) {
      const fits = types.includes(file.type) && file.size <= largest && all.length < most
      if (fits) all.push(file)
      else not.push(file.name)
    }
    input.value = '' // the same one may be chosen again
    refuse(not)
    set(all)
  }
  return (
    <fieldset className="wide photo-field">
      <legend>{t('looks.photos')}</legend>
      <input
        ref={camera}
        hidden
        type="file"
        accept={types.join(',')}
        capture="environment"
        data-testid="camera"
        onChange={(e) => add(e.target)}
      />
      <input
        ref={choose}
        hidden
        multiple
        type="file"
        accept={types.join(',')}
        data-testid="photos"
        onChange={(e) => add(e.target)}
      />
      <Button icon={<CameraOutlined />} onClick={() => camera.current?.click()}>
        {t('looks.take')}
      </Button>{' '}
      <Button icon={<PictureOutlined />} onClick={() => choose.current?.click()}>
        {t('looks.choose')}
      </Button>
      {refused.length > 0 && (
        <p className="danger" role="alert">
          {t('looks.refused', { names: refused.join(t('marks.list')) })}
        </p>
      )}
      {files.length > 0 && (
        <ul className="thumbs">
          {files.map((file, i) => (
            <li key={`${file.name} ${file.lastModified} ${file.size}`}>
              <Shown file={file} label={t('looks.photo', { n: i + 1 })} />
              <Button
                size="small"
                icon={<CloseOutlined />}
                aria-label={t('looks.drop', { n: i + 1 })}
                onClick={() => set(files.filter((f) => f !== file))}
              />
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  )
}

function Shown({ file, label }: { file: File; label: string }) {
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(file)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return <img src={address} alt={label} />
}

/** Photographs of a look or a finding, small; each opens as it was taken. */
export function Thumbs(props: { prison: string; check: string; list: readonly string[] }) {
  const t = useT()
  const { prison, check, list } = props
  if (list.length === 0) return null
  return (
    <ul className="thumbs">
      {list.map((photo, i) => (
        <li key={photo}>
          <a href={photoUrl(prison, check, photo)} target="_blank" rel="noreferrer">
            <img
              src={thumbUrl(prison, check, photo)}
              alt={t('looks.photo', { n: i + 1 })}
              loading="lazy"
            />
          </a>
        </li>
      ))}
    </ul>
  )
}
