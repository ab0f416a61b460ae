import { forgetAll } from '../offline/kept'
import { call, setCsrfToken } from './http'
import type { Me, Session } from './model'

export async function signIn(number: string, password: string): Promise<Me> {
  const { data } = await call<Me>('/session', { method: 'POST', body: { number, password } })
  setCsrfToken(data.csrf_token)
  return data
}

export async function whoAmI(): Promise<Me> {
  const { data } = await call<Me>('/session')
  setCsrfToken(data.csrf_token)
  return data
}

/** Signs out, and leaves nothing of the person on this computer. */
export async function signOut(person: string) {
  await call('/session', { method: 'DELETE' })
  await forgetAll(person).catch(() => {}) // without IndexedDB there is nothing
  setCsrfToken('')
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
  setCsrfToken('')
}

export async function changePassword(old: string, next: string) {
  await call('/session/password', { method: 'PUT', body: { old, new: next } })
}
