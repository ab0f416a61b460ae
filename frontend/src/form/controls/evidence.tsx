import { CameraOutlined } from '@ant-design/icons'
import { Button, Select } from 'antd'
import { useRef, useState } from 'react'
import { useT } from '../../i18n'
import { useForm } from '../context'
import { aria, type ControlProps } from './types'

/** A field whose value is one evidence item of the entry: choose one, or upload it here. */
export function EvidenceControl(props: ControlProps) {
  const { value, onChange, onBlur, disabled, invalid, pointer } = props
  const { services } = useForm()
  const t = useT()
  const input = useRef<HTMLInputElement>(null)
  const camera = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState(false)
  const chosen = services.files.find((file) => file.id === value)

  const upload = async (file: File | undefined) => {
    if (!file || !services.upload) return
    setBusy(true)
    setFailed(false)
    try {
      onChange(await services.upload(file, pointer))
    } catch {
      setFailed(true)
    } finally {
      setBusy(false)
    }
  }

  return (
    <div className="evidence-field">
      {chosen?.thumbnail && <img src={chosen.thumbnail} alt={chosen.name} />}
      <Select
        {...aria(props)}
        value={typeof value === 'string' ? value : undefined}
        options={services.files.map((file) => ({ value: file.id, label: file.name }))}
        placeholder={t('form.chooseFile')}
        allowClear
        disabled={disabled}
        status={invalid ? 'error' : undefined}
        onChange={(id: string | undefined) => onChange(id)}
        onBlur={onBlur}
      />
      {services.upload && !disabled && (
        <>
          <Button loading={busy} onClick={() => input.current?.click()}>
            {t('form.uploadHere')}
          </Button>
          <Button
            icon={<CameraOutlined />}
            aria-label={t('evidence.camera')}
            onClick={() => camera.current?.click()}
          />
          <input
            ref={camera}
            type="file"
            hidden
            accept="image/*"
            capture="environment"
            onChange={(e) => {
              void upload(e.target.files?.[0])
              e.target.value = ''
            }}
          />
          <input
            ref={input}
            type="file"
            hidden
            accept="image/*,application/pdf"
            onChange={(e) => {
              void upload(e.target.files?.[0])
              e.target.value = ''
            }}
          />
        </>
      )}
      {failed && <span role="alert">{t('form.uploadFailed')}</span>}
    </div>
  )
}
