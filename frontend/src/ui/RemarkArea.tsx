import { Input } from 'antd'
import { type Ref, useId } from 'react'

/** What the server takes of a reason, an opinion or a remark, in characters. */
export const longestRemark = 500

/** Characters as the server counts them, not the units of this language's strings. */
export const remarkCount = {
  show: true,
  max: longestRemark,
  strategy: (text: string) => [...text].length,
  exceedFormatter: (text: string, { max }: { max: number }) => [...text].slice(0, max).join(''),
}

interface Props {
  label: string
  id?: string
  value: string
  onChange: (text: string) => void
  autoFocus?: boolean
  area?: Ref<HTMLTextAreaElement>
}

/** A text that says why: shows how long it is and ends where the server would refuse it. */
export function RemarkArea({ label, id, value, onChange, autoFocus, area }: Props) {
  const own = useId()
  const place = (found: HTMLTextAreaElement | null) => {
    if (typeof area === 'function') area(found)
    else if (area) area.current = found
  }
  return (
    <>
      <label htmlFor={id ?? own}>{label}</label>
      <Input.TextArea
        ref={(shown) => place(shown?.resizableTextArea?.textArea ?? null)}
        id={id ?? own}
        autoSize
        autoFocus={autoFocus}
        count={remarkCount}
        value={value}
        onChange={(e) => onChange(e.target.value)}
      />
    </>
  )
}
