import type { Session } from '../store/contract/sessions'
import type { Store } from '../store/contract/store'

/** Follows when sessions are used, so that one that is not used for long can end. */
export interface SessionUse {
  /** Whether the session was not used for too long. Always false where there is no such limit. */
  isIdle(session: Pick<Session, 'lastUsedAt'>): boolean
  /** Notes that a session is used now. Nobody waits for it, and it never throws. */
  note(session: Session): void
}

export interface SessionUseOptions {
  store: { readonly sessions: Pick<Store['sessions'], 'noteUse'> }
  /** A session that is not used for so long ends. undefined: never. */
  idleSeconds: number | undefined
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * A use is noted once in a tenth of the idle time, and not at each request: the store then takes at
 * most ten writes for a session in that time, whatever the number of requests. The price: a session
 * may end up to a tenth early, and never late.
 */
const NOTES_IN_IDLE_TIME = 10

const NEVER: SessionUse = { isIdle: () => false, note: () => {} }

export function createSessionUse({ store, idleSeconds, now }: SessionUseOptions): SessionUse {
  if (idleSeconds === undefined) return NEVER
  const idleMs = idleSeconds * 1000
  /** Sessions whose note is on its way: of many requests at the same time one writes. */
  const underWay = new Set<string>()
  return {
    isIdle: ({ lastUsedAt }) => now() - lastUsedAt >= idleMs,
    note({ id, userId, lastUsedAt }) {
      if (now() - lastUsedAt < idleMs / NOTES_IN_IDLE_TIME || underWay.has(id)) return
      underWay.add(id)
      store.sessions
        .noteUse({ id, userId }, now())
        // A note that is lost is made at the next request.
        .catch(() => {})
        .finally(() => underWay.delete(id))
    },
  }
}
