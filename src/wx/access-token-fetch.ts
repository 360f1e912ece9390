import { isWithin } from './access-token-state'
import type { AccessToken } from './stable-token'
import { WxRefused } from './wx-refused'

/**
 * Where a process stands with its question for one app's access_token.
 *
 * ```text
 * idle ──▶ under-way ──▶ idle, or failed ──▶ under-way
 * ```
 */
export type FetchState = Idle | UnderWay | Failed

export interface Idle {
  readonly kind: 'idle'
}

export interface UnderWay {
  readonly kind: 'under-way'
  /** All callers share it. */
  readonly answer: Promise<AccessToken>
}

/** WeChat gave none. For `pauseMs` it is not asked again. */
export interface Failed {
  readonly kind: 'failed'
  readonly error: unknown
  /** Milliseconds since 1970. */
  readonly at: number
  readonly pauseMs: number
}

export const IDLE: Idle = { kind: 'idle' }

/** After a refusal that names no time. Asking at once would change nothing. */
const REFUSED_PAUSE_SECONDS = 10
/** After WeChat could not be asked, which may be over soon. */
const UNREACHABLE_PAUSE_MS = 1000

export function failed(error: unknown, now: number): Failed {
  return { kind: 'failed', error, at: now, pauseMs: pauseAfter(error) }
}

/** The failure whose pause is not over yet. */
export function failedLately(state: FetchState, now: number): Failed | undefined {
  return state.kind === 'failed' && isWithin(state.pauseMs, state.at, now) ? state : undefined
}

function pauseAfter(error: unknown): number {
  if (!(error instanceof WxRefused)) return UNREACHABLE_PAUSE_MS
  return (error.retryAfter ?? REFUSED_PAUSE_SECONDS) * 1000
}
