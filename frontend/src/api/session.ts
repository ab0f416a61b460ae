import { i18n } from '../i18n'
import { forgetAll } from '../offline/kept'
import { call } from './http'
import { login } from './login'
import type { Me, Session } from './model'
import { ProblemError } from './problem'

export async function signIn(number: string, password: string): Promise<Me> {
  const { data } = await call<Me>('/session', { method: 'POST', body: { number, password } })
  login.begin(data)
  return data
}

/**
 * Who is signed in. Somebody else than this page is of (in another window of this browser) ends the login
 * as this page knows it, with another_person: nothing of the one goes out in the name of the other.
 */
export async function whoAmI(): Promise<Me> {
  const { data } = await call<Me>('/session')
  if (login.person !== '' && data.person !== login.person) {
    login.end()
    const { name } = data
    const message = i18n.t('signIn.another', { name })
    throw new ProblemError(401, 'another_person', message, [], undefined, { name })
  }
  // The token that was refused opens nothing.
  if (!login.ended || data.csrf_token !== login.token) login.begin(data)
  return data
}

/** Signs out, and leaves nothing of the person on this computer. */
export async function signOut(person: string) {
  await call('/session', { method: 'DELETE' })
  await forgetAll(person).catch(() => {}) // without IndexedDB there is nothing
  login.leave()
}

export async function listSessions(): Promise<{ sessions: Session[]; current: string }> {
  return (await call<{ sessions: Session[]; current: string }>('/sessions')).data
}

export async function endSession(id: string) {
  await call(`/sessions/${id}`, { method: 'DELETE' })
}

/** The same on every computer; elsewhere the page finds out by itself that the session is over. */
export async function signOutEverywhere(person: string) {
  await call('/sessions', { method: 'DELETE' })
  await forgetAll(person).catch(() => {})
  login.leave()
}

export async function changePassword(old: string, next: string) {
  await call('/session/password', { method: 'PUT', body: { old, new: next } })
}
