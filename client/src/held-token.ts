import { createKept, type KeptRecord, type Token } from './kept'
import type { Platform } from './platform'

/** A login's or a renewal's answer. */
export interface TokenAnswer {
  readonly message: string
  readonly token: string
  readonly token_type: string
  /** Seconds. */
  readonly expires_in: number
  readonly is_new_user: boolean
}

export interface HeldToken {
  /** The token that is shown; none before a login, after a log-out, and once it has expired. */
  current(): Token | undefined
  /** Whether the user logged out: then nobody is logged in silently. */
  isOut(): boolean
  /** With the token that was renewed, if it is a renewal's answer. */
  hold(answer: TokenAnswer, renewed?: Token): void
  drop(isOut?: boolean): void
  /** Whether requests carry no code for now: the server, or a gateway before it, looks at none. */
  isPlain(): boolean
  setPlain(): void
}

/** A renewal that brings less has met the end of the session: another one would bring nothing. */
const LEAST_GAIN_MS = 10_000
/**
 * After a code that nobody looked at. An end, because a 401 of a route without a guard looks the
 * same, and because a server is upgraded one day.
 */
const PLAIN_MS = 86_400_000

/** The token: in memory, and in the storage for the next launch. */
export function createHeldToken(
  platform: Platform,
  { storageKey, baseUrl }: { storageKey: string; baseUrl: string },
): HeldToken {
  const kept = createKept(platform, { storageKey, baseUrl })
  const write = (record: KeptRecord) =>
    kept.write(Object.assign({ baseUrl, plainUntil: kept.read().plainUntil }, record))
  return {
    current() {
      const { token, expiresAt } = kept.read()
      return token && Number(expiresAt) > Date.now() ? (kept.read() as Token) : undefined
    },
    isOut: () => Boolean(kept.read().isOut),
    hold({ token, expires_in: seconds }, renewed) {
      const life = seconds * 1000
      const expiresAt = Date.now() + life
      const isLast = renewed && expiresAt - renewed.expiresAt < LEAST_GAIN_MS
      write({ token, expiresAt, renewAt: expiresAt - (isLast ? 0 : life / 4) })
    },
    drop: (isOut = false) => write({ isOut }),
    isPlain: () => Number(kept.read().plainUntil) > Date.now(),
    setPlain: () => write(Object.assign({}, kept.read(), { plainUntil: Date.now() + PLAIN_MS })),
  }
}
