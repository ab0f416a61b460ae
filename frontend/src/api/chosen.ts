import { useSyncExternalStore } from 'react'

const remembered = 'taizhang.prison'
const told = new Set<() => void>()

function listen(tell: () => void) {
  told.add(tell)
  return () => told.delete(tell)
}

/** The prison chosen in the header, as long as the window is open; '' when none was. */
export function useChosen(): string {
  return useSyncExternalStore(listen, () => sessionStorage.getItem(remembered) ?? '')
}

export function choosePrison(id: string) {
  sessionStorage.setItem(remembered, id)
  for (const tell of told) tell()
}
