import { useSyncExternalStore } from 'react'
import { i18n } from '../i18n'
import { ProblemError } from './problem'

/** What the server answers where no login holds, and where the token is of another one. */
const over = ['session_over', 'sign_in', 'cross_site']

let person = ''
let token = ''
let ended = false
let waiting: { go: () => void; giveUp: () => void }[] = []
const listeners = new Set<() => void>()

function tell() {
  for (const listener of listeners) listener()
}

function release(how: 'go' | 'giveUp') {
  const list = waiting
  waiting = []
  for (const one of list) one[how]()
}

/**
 * Whose page this is, and whether the login still holds. Once it has ended nothing more is asked of the
 * server: every request waits here, and goes on by itself when the same person has signed in again. For
 * anybody else it is never sent.
 */
export const login = {
  /** The person whose page this is; '' for nobody. */
  get person() {
    return person
  },
  /** It comes with the login and goes with every change. */
  get token() {
    return token
  },
  get ended() {
    return ended
  },

  begin(me: { person: string; csrf_token: string }) {
    const same = me.person === person
    const news = ended || !same
    person = me.person
    token = me.csrf_token
    ended = false
    release(same ? 'go' : 'giveUp')
    if (news) tell()
  },

  /** The page is left, whoever comes next. */
  leave() {
    person = ''
    token = ''
    ended = false
    release('giveUp')
    tell()
  },

  end() {
    if (ended || person === '') return
    ended = true
    tell()
  },

  /** Whether a refusal says that the login is over under which it was asked; marks it so. */
  isOver(error: unknown, under: string): boolean {
    if (person === '' || !(error instanceof ProblemError) || !over.includes(error.code))
      return false
    // Under an older one: signed in again meanwhile.
    if (under === token) this.end()
    return true
  },

  /** Resolves at once while the login holds, else when it does again. */
  holds(signal?: AbortSignal): Promise<void> {
    if (!ended) return Promise.resolve()
    return new Promise((go, reject) => {
      const giveUp = () => reject(new ProblemError(401, 'session_over', i18n.t('signIn.over')))
      const one = { go, giveUp }
      waiting.push(one)
      signal?.addEventListener('abort', () => {
        waiting = waiting.filter((w) => w !== one)
        reject(signal.reason)
      })
    })
  },

  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  },
}

export function useLoginEnded(): boolean {
  return useSyncExternalStore(login.subscribe, () => ended)
}
