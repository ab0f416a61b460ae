/// <reference lib="webworker" />
export {} // a module: its names are its own

declare const self: ServiceWorkerGlobalScope

/** What the build made, put in by vite.config.ts; the first name is of all the rest. */
declare const __BUILT__: { version: string; files: string[] }

/**
 * Keeps the built page on this computer, so that it opens while the network is away. It never looks at
 * /api/: what the server says about people is kept by kept.ts, by person, or not at all.
 */
const { version, files } = __BUILT__
const name = `page-${version}`

/** A network that neither answers nor fails is away, after so many milliseconds. */
const patience = 4000

self.addEventListener('install', (event) => {
  // "reload": the browser's own cache may hold what the server has replaced.
  const fresh = files.map((file) => new Request(file, { cache: 'reload' }))
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(fresh)))
  // Taking over changes no page that is open: it goes on with the files it began with (see activate),
  // and only says that there is a new version.
  void self.skipWaiting()
})

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      // The version before stays: an open page may still fetch its parts.
      const all = (await caches.keys()).filter((key) => key.startsWith('page-') && key !== name)
      await Promise.all(all.slice(0, -1).map((key) => caches.delete(key)))
      await self.clients.claim()
    })(),
  )
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (/^\/(api\/|livez|readyz|sw\.js)/.test(url.pathname)) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (url.pathname.startsWith('/assets/')) event.respondWith(part(request))
})

/** The page as the server has it now; the kept one, with its own headers, while it is away. */
async function page(request: Request): Promise<Response> {
  const cache = await caches.open(name)
  const kept = await cache.match('/')
  if (!kept) return fetch(request)
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), patience)
  try {
    // By its address: a navigation cannot be sent again with a signal.
    const answer = await fetch(request.url, { signal: abort.signal, redirect: 'manual' })
    return answer.status >= 500 ? kept : answer
  } catch {
    return kept
  } finally {
    clearTimeout(timer)
  }
}

/** Parts have their hash in their name: the kept one is the one. */
async function part(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request)
}
