/**
 * The page kept on this computer. A new version is announced, never loaded under somebody's hands;
 * on plain HTTP there is no service worker, and what is typed is kept all the same.
 */
const askEvery = 30 * 60_000

const listeners = new Set<() => void>()
let newer = false

export const page = {
  get newer() {
    return newer
  },
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  },
}

export async function keepPage() {
  if (!window.isSecureContext || !('serviceWorker' in navigator) || import.meta.env.DEV) return
  const workers = navigator.serviceWorker
  // The first worker of this computer brings nothing new.
  const had = workers.controller !== null
  workers.addEventListener('controllerchange', () => {
    if (!had) return
    newer = true
    for (const listener of listeners) listener()
  })
  try {
    const registration = await workers.register('/sw.js')
    setInterval(() => void registration.update().catch(() => {}), askEvery)
  } catch {
    // Policy of the browser or no such file: the page works without, as on plain HTTP.
  }
}
