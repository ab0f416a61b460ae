import type { Evidence } from '../api/model'
import { type Transport, Uploads } from '../evidence/uploads'
import { local } from '../offline/store'
import { newId } from '../offline/work'

const kind = 'batch-file'

interface KeptFile {
  slot: string
  name: string
  type: string
  bytes: Blob
}

interface Place {
  owner: string
  batch: string
  /** False for what is strictly restricted: it does not lie about. */
  mayStay: boolean
}

/** The files of a batch: each lies on this computer until the server has it. */
export class BatchUploads extends Uploads<Evidence> {
  #known = new Set<string>()
  #kept = new Set<string>()
  #restored: Promise<void> | undefined

  constructor(
    transport: Transport<Evidence>,
    passing: (error: unknown) => boolean,
    readonly place: Place,
    wait?: (ms: number) => Promise<void>,
  ) {
    super(transport, passing, wait)
  }

  /** Some file would be lost with this page. */
  get loose(): boolean {
    return this.items.some((i) => i.state !== 'done' && !this.#kept.has(i.under ?? ''))
  }

  override async add(file: File, slot: string): Promise<Evidence> {
    const under = newId()
    this.#known.add(under)
    const { owner, mayStay } = this.place
    const { name, type } = file
    const value: KeptFile = { slot, name, type, bytes: file }
    if (mayStay) {
      await local.put(owner, kind, this.#id(under), value).then(
        () => this.#kept.add(under),
        // No room: it goes up as it is, and the page asks before it is left.
        () => undefined,
      )
    }
    return this.#send(file, slot, under)
  }

  /** Goes on with what was kept; once, however often it is called. */
  restore(): Promise<void> {
    this.#restored ??= this.#restore()
    return this.#restored
  }

  async #restore() {
    const { owner } = this.place
    // Without IndexedDB nothing was kept.
    const all = await local.list<KeptFile>(owner, kind).catch(() => [])
    for (const { id, value } of all) {
      const under = id.slice(id.lastIndexOf('/') + 1)
      if (id !== this.#id(under) || this.#known.has(under)) continue
      this.#known.add(under)
      this.#kept.add(under)
      const file = new File([value.bytes], value.name, { type: value.type })
      this.#send(file, value.slot, under).catch(() => undefined)
    }
  }

  async #send(file: File, slot: string, under: string): Promise<Evidence> {
    try {
      return await super.add(file, slot, under)
    } finally {
      await local.remove(this.place.owner, kind, this.#id(under)).catch(() => undefined)
    }
  }

  #id(under: string) {
    return `${this.place.batch}/${under}`
  }
}

/** The batch is done with, or given up. */
export async function dropFiles(owner: string, batch: string) {
  for (const { id } of await local.list(owner, kind)) {
    if (id.startsWith(`${batch}/`)) await local.remove(owner, kind, id)
  }
}
