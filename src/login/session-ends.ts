import type { Events, Origin, SessionEnd } from '../events'
import type { Values } from '../store/contract/values'
import { digest } from '../token/digest'

/** Sessions of one user that ended together. */
export interface EndedSessions {
  readonly appid: string
  readonly userId: string
  readonly sessionIds: readonly string[]
}

/** Tells that sessions ended, and remembers why while a token of theirs could still be shown. */
export interface SessionEnds {
  /** Tells one event a session. Never throws: without its note, the reason is `unknown` later. */
  tell(ended: EndedSessions, reason: SessionEnd, origin: Origin): Promise<void>
  /**
   * Tells once, whichever instances notice it, that a session is past its end. Never throws.
   */
  tellExpired(ended: EndedSessions, origin: Origin): Promise<void>
  /** Why a session ended. Never throws: `unknown` is also what a store that is down knows. */
  reasonOf(sessionId: string): Promise<SessionEnd | 'unknown'>
}

export interface SessionEndsOptions {
  values: Pick<Values, 'read' | 'write' | 'claim'>
  events: Pick<Events, 'tell'>
  /** The longest life of a token. A note is of no use once no token of its session runs. */
  tokenTtlSeconds: number
  /** Milliseconds since 1970. */
  now: () => number
}

const REASONS: ReadonlySet<string> = new Set<SessionEnd>([
  'logout',
  'evicted',
  'disabled',
  'erased',
  'expired',
])

/** A digest: who reads the store cannot tell sessions by their notes. */
const noteName = (sessionId: string) => `session_end:${digest(sessionId)}`

export function createSessionEnds(options: SessionEndsOptions): SessionEnds {
  const { values, events, tokenTtlSeconds, now } = options
  const life = () => ({ now: now(), expiresAt: now() + tokenTtlSeconds * 1000 })

  function tellEach(
    { appid, userId, sessionIds }: EndedSessions,
    reason: SessionEnd,
    { requestId, ip }: Origin,
  ): void {
    for (const sessionId of sessionIds) {
      events.tell({ type: 'session.ended', reason, appid, userId, sessionId, requestId, ip })
    }
  }

  return {
    async tell(ended, reason, origin) {
      tellEach(ended, reason, origin)
      const notes = ended.sessionIds.map(id => values.write(noteName(id), reason, life()))
      await Promise.allSettled(notes)
    },

    async tellExpired(ended, origin) {
      for (const sessionId of ended.sessionIds) {
        const claim = values.claim(noteName(sessionId), 'expired', life())
        const isFirst = await claim.catch(() => false)
        if (isFirst) tellEach({ ...ended, sessionIds: [sessionId] }, 'expired', origin)
      }
    },

    async reasonOf(sessionId) {
      const noted = await values.read(noteName(sessionId), now()).catch(() => undefined)
      return isSessionEnd(noted) ? noted : 'unknown'
    },
  }
}

function isSessionEnd(value: string | undefined): value is SessionEnd {
  return value !== undefined && REASONS.has(value)
}
