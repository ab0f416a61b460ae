import { vi } from 'vitest'

/** A server of one list of what units do together, at the network, with two prisons of one area each. */
export class Together {
  /** Why the list cannot be read. */
  fails = ''
  /** Why what is sent is not taken. */
  refuses = ''
  posted: { path: string; body: unknown }[] = []

  constructor(
    public path: string,
    public data: unknown,
    public others: Record<string, unknown> = {},
  ) {
    vi.stubGlobal('fetch', this.fetch)
  }

  fetch = async (url: string, init: RequestInit = {}) => {
    const path = url.replace('/api/v1', '')
    if (init.method === 'POST') {
      if (this.refuses) return problem(422, this.refuses)
      this.posted.push({ path, body: JSON.parse(String(init.body)) })
      return json({})
    }
    if (path === this.path) return this.fails ? problem(403, this.fails) : json(this.data)
    return json(this.others[path] ?? rest[path] ?? {})
  }
}

const json = (data: unknown, status = 200, type = 'application/json') =>
  new Response(JSON.stringify(data), { status, headers: { 'Content-Type': type } })

const problem = (status: number, title: string) =>
  json({ code: 'refused', title, status }, status, 'application/problem+json')

const prison = (id: string, zh: string, area: string, name_zh: string) => ({
  id,
  name: { zh },
  open: true,
  areas: [{ id: area, name_zh, kind: 'ordinary' }],
})

const rest: Record<string, unknown> = {
  '/organisation': {
    prisons: [prison('p', '甲监狱', 'a', '一监区'), prison('q', '乙监狱', 'b', '二监区')],
    departments: [],
  },
  '/ledgers': { ledgers: [], ended: [] },
  '/session': { person: 'p1', name: '张三', number: '0000001', postings: [], grants: [] },
}
