// Who is signed in: a token in this tab's own storage. The local run serves its development token
// as /ui/local.json; elsewhere there is no such file and a person pastes a token.
import { useSyncExternalStore } from 'react'

export interface Session {
  // "checking": not known yet; "out": a person has to sign in; "expired": the same, page kept.
  state: 'checking' | 'in' | 'out' | 'expired'
  token: string
  subject: string
  // The local run's token is on offer.
  local: boolean
}

const STORED = 'encours.token'
const SIGNED_OUT = 'encours.signed_out'
let session: Session = { state: 'checking', token: '', subject: '', local: false }
const listeners = new Set<() => void>()

function become(change: Partial<Session>) {
  session = { ...session, ...change }
  for (const listener of listeners) listener()
}

// The subject of a JWT; null for what is none. Nobody trusts it: the gateway and services check.
export function subjectOf(token: string): string | null {
  const part = token.split('.')[1]
  if (!part || token.split('.').length !== 3) return null
  try {
    const text = atob(part.replace(/-/g, '+').replace(/_/g, '/'))
    const bytes = Uint8Array.from(text, (letter) => letter.codePointAt(0) ?? 0)
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof claims !== 'object' || claims === null || !('sub' in claims)) return null
    return String(claims.sub)
  } catch {
    return null
  }
}

// False where the text is no token.
export function signIn(text: string): boolean {
  const token = text.trim()
  const subject = subjectOf(token)
  if (subject === null) return false
  sessionStorage.setItem(STORED, token)
  sessionStorage.removeItem(SIGNED_OUT)
  become({ state: 'in', token, subject })
  return true
}

export function signOut() {
  sessionStorage.removeItem(STORED)
  sessionStorage.setItem(SIGNED_OUT, 'yes')
  become({ state: 'out', token: '', subject: '' })
}

export function expire() {
  if (session.state !== 'in') return
  sessionStorage.removeItem(STORED)
  become({ state: 'expired', token: '' })
}

export async function localToken(): Promise<string | null> {
  const answer = await fetch(`${import.meta.env.BASE_URL}local.json`, { cache: 'no-store' })
  if (!answer.ok) return null
  const body: unknown = await answer.json()
  const given = typeof body === 'object' && body !== null && 'token' in body
  return given && typeof body.token === 'string' ? body.token : null
}

export async function startSession() {
  const stored = sessionStorage.getItem(STORED)
  if (stored && signIn(stored)) return
  let token: string | null = null
  try {
    token = await localToken()
  } catch {
    token = null // No network: a person can still paste a token.
  }
  become({ local: token !== null })
  const wanted = sessionStorage.getItem(SIGNED_OUT) === null
  if (!(token && wanted && signIn(token))) become({ state: 'out' })
}

export const currentSession = (): Session => session

export function useSession(): Session {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, currentSession)
}
