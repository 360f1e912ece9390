import type { AccessToken } from './stable-token'

/**
 * What a process knows of one app's access_token. Every change goes through `hold` or `refuse`.
 *
 * ```text
 * absent ──hold──▶ held ──refuse──▶ refused ──hold──▶ held
 * absent ──refuse──▶ refused
 * ```
 */
export type AccessTokenState = Absent | Held | Refused

/** This process has not had one yet. */
export interface Absent {
  readonly kind: 'absent'
}

export interface Held {
  readonly kind: 'held'
  readonly token: AccessToken
  /** From then on the next one is fetched. Milliseconds since 1970. */
  readonly renewAt: number
  /** The access_token that WeChat refused before this one. */
  readonly refusedBefore?: string | undefined
  /** When WeChat gave this one again although it had refused it. Milliseconds since 1970. */
  readonly givenAgainAt?: number | undefined
}

/** WeChat refused the last one, and there is no other one yet. */
export interface Refused {
  readonly kind: 'refused'
  readonly value: string
}

export const ABSENT: Absent = { kind: 'absent' }

/** In the last five minutes of an access_token WeChat gives the next one, and both work. */
const WINDOW_MS = 300_000
/** An access_token that has no more than this left is not handed out. */
const MARGIN_MS = 10_000
/** WeChat may see the last five minutes begin a moment later than we do. It then gives the same one. */
const RENEW_PAUSE_MS = 30_000
/** An access_token that WeChat refuses and still gives out is fetched again once in this time. */
const GIVEN_AGAIN_PAUSE_MS = 1000

export interface HoldOptions {
  /** Milliseconds since 1970. */
  readonly now: number
  /** How far into its last five minutes the access_token is renewed. */
  readonly jitterMs: number
}

/** Keeps an access_token that WeChat or another instance has given. */
export function hold(
  state: AccessTokenState,
  token: AccessToken,
  { now, jitterMs }: HoldOptions,
): Held {
  const renewAt = Math.max(token.expiresAt - WINDOW_MS + jitterMs, now + RENEW_PAUSE_MS)
  if (isRefused(state, token.value)) return { kind: 'held', token, renewAt, givenAgainAt: now }
  return { kind: 'held', token, renewAt, refusedBefore: refusedOf(state) }
}

/** Notes that WeChat refused an access_token. A refusal that comes late changes nothing. */
export function refuse(state: AccessTokenState, value: string): AccessTokenState {
  const isLate = state.kind === 'refused' || (state.kind === 'held' && state.token.value !== value)
  return isLate ? state : { kind: 'refused', value }
}

/** The access_token that may be handed out. */
export function usable(state: AccessTokenState, now: number): Held | undefined {
  return state.kind === 'held' && isAlive(state.token, now) ? state : undefined
}

/** Whether the cache's access_token is news: neither the one that is held nor the refused one. */
export function isNews(state: AccessTokenState, token: AccessToken, now: number): boolean {
  const held = state.kind === 'held' ? state.token.value : undefined
  return isAlive(token, now) && token.value !== held && !isRefused(state, token.value)
}

/** Whether WeChat refused this access_token last. */
export function isRefused(state: AccessTokenState, value: string): boolean {
  return refusedOf(state) === value
}

/** The held access_token, if WeChat refused it and a moment ago gave it again all the same. */
export function givenAgainLately(
  state: AccessTokenState,
  value: string,
  now: number,
): AccessToken | undefined {
  if (state.kind !== 'held' || state.token.value !== value) return undefined
  return isWithin(GIVEN_AGAIN_PAUSE_MS, state.givenAgainAt, now) ? state.token : undefined
}

/** Whether something happened within the last so many milliseconds. A clock set back ends that. */
export function isWithin(ms: number, at: number | undefined, now: number): boolean {
  return at !== undefined && now >= at && now - at < ms
}

function refusedOf(state: AccessTokenState): string | undefined {
  if (state.kind === 'refused') return state.value
  return state.kind === 'held' ? state.refusedBefore : undefined
}

function isAlive({ expiresAt }: AccessToken, now: number): boolean {
  return now < expiresAt - MARGIN_MS
}
