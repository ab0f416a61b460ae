import type { useT } from '../i18n'

const shifts = ['day', 'evening', 'night'] as const

/** 2026-11-24/day in words. */
export function periodName(code: string, t: ReturnType<typeof useT>): string {
  const [day = code, name] = code.split('/')
  const shift = shifts.find((s) => s === name)
  return shift ? `${day} ${t(`shift.${shift}`)}` : code
}
