import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

/**
 * What is kept on this computer, by kind and key. It belongs to one person: another who signs in here
 * neither sees nor overwrites it. Where IndexedDB is missing or full, `put` rejects and says so.
 */
interface Local extends DBSchema {
  kept: { key: [owner: string, kind: string, id: string]; value: { at: number; value: unknown } }
}

let opened: Promise<IDBPDatabase<Local>> | undefined

function db() {
  opened ??= openDB<Local>('taizhang', 1, {
    upgrade: (base) => void base.createObjectStore('kept'),
    terminated: () => {
      opened = undefined
    },
  })
  return opened
}

export const local = {
  async put(owner: string, kind: string, id: string, value: unknown) {
    await (await db()).put('kept', { at: Date.now(), value }, [owner, kind, id])
  },
  /** Puts the value where what is there fits, in one step; else resolves with what is there. */
  async swap<T>(
    owner: string,
    kind: string,
    id: string,
    fits: (there: T | undefined) => boolean,
    value: T,
  ): Promise<{ there: T | undefined } | undefined> {
    const transaction = (await db()).transaction('kept', 'readwrite')
    const there = (await transaction.store.get([owner, kind, id]))?.value as T | undefined
    const fitting = fits(there)
    if (fitting) await transaction.store.put({ at: Date.now(), value }, [owner, kind, id])
    await transaction.done
    return fitting ? undefined : { there }
  },
  async get<T>(owner: string, kind: string, id: string): Promise<T | undefined> {
    return (await (await db()).get('kept', [owner, kind, id]))?.value as T | undefined
  },
  /** The same, unless it is older than so many milliseconds, or as much ahead of a clock set right since. */
  async fresh<T>(owner: string, kind: string, id: string, age: number): Promise<T | undefined> {
    const found = await (await db()).get('kept', [owner, kind, id])
    return found && Math.abs(Date.now() - found.at) <= age ? (found.value as T) : undefined
  },
  /** Everything of one kind, by key. */
  async list<T>(owner: string, kind: string): Promise<{ id: string; at: number; value: T }[]> {
    const found: { id: string; at: number; value: T }[] = []
    const range = IDBKeyRange.bound([owner, kind, ''], [owner, kind, '\uffff'])
    let cursor = await (await db()).transaction('kept').store.openCursor(range)
    while (cursor) {
      found.push({ id: cursor.key[2], at: cursor.value.at, value: cursor.value.value as T })
      cursor = await cursor.continue()
    }
    return found
  },
  /** Removes everything of a person, or of one kind. */
  async clear(owner: string, kind?: string) {
    const range = IDBKeyRange.bound([owner, kind ?? '', ''], [owner, kind ?? '\uffff', '\uffff'])
    await (await db()).delete('kept', range)
  },
  async remove(owner: string, kind: string, id: string) {
    await (await db()).delete('kept', [owner, kind, id])
  },
}
