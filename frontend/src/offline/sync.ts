import { call } from '../api/http'
import { login } from '../api/login'
import type { Entry, EntryPage, LedgerHead, Me, Organisation } from '../api/model'
import { prisonOf } from '../api/queries'
import { whoAmI } from '../api/session'
import { fillable } from '../app/duties'
import { mayFill } from '../app/posts'
import { ask, connection } from './connection'
import { forgetOld, ledgerMayStay } from './kept'
import { Looks } from './looks'
import { endOf, type Run, Sender } from './send'
import { local } from './store'
import { wire } from './wire'
import { Works } from './work'

/** A newer anchor makes a tighter "not before" for what is written from then on. */
const anchorEvery = 5 * 60_000
const keepEvery = 15 * 60_000

/**
 * A run, as long as the login holds. Once it has ended the run waits to be signed in again, perhaps for
 * days: it must not keep the other windows, or whoever signs in there, from sending.
 */
function whileSignedIn(run: Promise<Run>): Promise<Run> {
  let stop = () => {}
  const over = new Promise<Run>((resolve) => {
    stop = login.subscribe(() => {
      if (login.ended) resolve('signed-out')
    })
  })
  return Promise.race([run, over]).finally(() => stop())
}

/** What is done beside the page for the person who is signed in: keeping, and sending. */
export class Sync {
  readonly works: Works
  readonly looks: Looks
  #sender: Sender
  #stops: (() => void)[] = []

  constructor(
    readonly me: Me,
    /** Called after something was sent. */
    readonly sent: () => void,
  ) {
    this.works = new Works(me.person)
    this.looks = new Looks(me.person)
    this.#sender = new Sender(this.works, wire)
  }

  start(): () => void {
    const every = (ms: number, act: () => Promise<unknown>) => {
      const run = () => void act().catch(() => {}) // tried again at the next turn
      run()
      const timer = setInterval(run, ms)
      this.#stops.push(() => clearInterval(timer))
    }
    void this.tidy().catch(() => {})
    every(anchorEvery, () => this.anchor())
    every(keepEvery, () => this.keepUp())
    every(60_000, () => this.send())
    this.#stops.push(
      connection.subscribe(() => {
        if (connection.state !== 'online') return
        void this.anchor().catch(() => {})
        void this.send().catch(() => {})
      }),
      // Signed in again: what was refused meanwhile goes now.
      login.subscribe(() => {
        if (!login.ended) void this.send().catch(() => {})
      }),
    )
    return () => {
      for (const stop of this.#stops) stop()
    }
  }

  /** That something was delivered is shown for a day; where it stands otherwise than typed, until it is read. */
  async tidy() {
    await forgetOld(this.me.person)
    const old = Date.now() - 24 * 3600_000
    for (const work of await this.works.list()) {
      const read = !work.overruled?.length
      if (work.state === 'delivered' && read && work.changedAt < old) await this.works.remove(work)
    }
  }

  async anchor() {
    if (connection.state === 'offline') return
    const { data } = await call<{ token: string; at: string }>('/session/anchor', {
      method: 'POST',
    })
    await local.put(this.me.person, 'anchor', '', data)
  }

  /** Sends what waits, as the person it belongs to. */
  async send(): Promise<Run> {
    await this.looks.read()
    const works = (await this.works.list()).some((w) => w.state === 'waiting')
    if (!works && !this.looks.waiting) return 'done'
    if (connection.state === 'offline' && !(await ask())) return 'away'
    // Somebody else may have signed in meanwhile, in another window; and the token may be a new one.
    try {
      if ((await whoAmI()).person !== this.me.person) return 'signed-out'
    } catch (error) {
      return endOf(error) ?? 'failed'
    }
    // It may end while this window waits for its turn.
    const send = async () => (login.ended ? 'signed-out' : whileSignedIn(this.#run()))
    // One window sends at a time, where the browser can say so; two would only repeat each other.
    const run = navigator.locks
      ? await navigator.locks.request('taizhang-send', send)
      : await send()
    this.sent()
    return run
  }

  async #run(): Promise<Run> {
    await this.looks.deliver()
    return this.#sender.run()
  }

  /** Asks for everything that filling needs; kept.ts keeps it on the way. */
  async keepUp() {
    const { me } = this
    const area = me.postings.find((p) => p.area)?.area
    const prison = prisonOf(me)
    if (!mayFill(me) || !prison) return
    const { data: organisation } = await call<Organisation>('/organisation')
    const { data: heads } = await call<{ ledgers: LedgerHead[] }>('/ledgers')
    const place = organisation.prisons.flatMap((p) => p.areas).find((a) => a.id === area)
    for (const head of fillable(heads.ledgers, me, place).filter(ledgerMayStay)) {
      const { id, version } = head
      const address = `/ledgers/${id}?version=${version}`
      // A version never changes: it is asked for once.
      if (!(await local.fresh(me.person, 'answer', address, keepEvery * 80))) {
        await call(`/ledgers/${id}`, { query: { version } })
      }
    }
    if (area) {
      await call(`/prisons/${prison}/areas/${area}/lookups`)
      await call(`/prisons/${prison}/duties`, { query: { area, unfilled: true } })
    }
    const query = { state: ['draft'], mine: true, limit: 50 }
    const { data: page } = await call<EntryPage>(`/prisons/${prison}/entries`, { query })
    for (const entry of page.entries as Entry[])
      await call(`/prisons/${prison}/entries/${entry.id}`)
  }
}
