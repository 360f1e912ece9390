import { LRUCache } from 'lru-cache'
import {
  MAX_SESSIONS_PER_USER,
  type Session,
  type SessionRef,
  type Sessions,
} from '../contract/sessions'
import { createEndOfTurn } from '../end-of-turn'
import type { SessionChanges } from './driver'

/** Sessions that one process remembers, whoever has them. 6.8 MB where each is of another user. */
const REMEMBERED_SESSIONS = 8192

/**
 * Remembers sessions for as long as the database says that nothing of their users changed. It is
 * asked once in a turn of the event loop, after all requests of the turn were read: whatever was
 * committed before one of them was sent, it tells.
 *
 * From the row to the memory nothing waits: no look can come in between, and forget a user before
 * the old row is remembered.
 */
export function rememberSessions(
  read: (session: SessionRef) => Session | undefined,
  changes: SessionChanges,
): Sessions['find'] {
  const remembered = new LRUCache<string, readonly Session[]>({
    max: REMEMBERED_SESSIONS,
    maxSize: REMEMBERED_SESSIONS,
    sizeCalculation: sessions => sessions.length,
  })
  const endOfTurn = createEndOfTurn(forgetChanged)

  function forgetChanged(): void {
    let users: readonly string[] | undefined
    try {
      users = changes.look()
    } finally {
      // Also after a look that failed.
      if (!users) remembered.clear()
    }
    for (const userId of users ?? []) remembered.delete(userId)
  }

  return async ref => {
    await endOfTurn()
    const known = remembered.get(ref.userId)
    const found = known?.find(({ id }) => id === ref.id)
    if (found) return found
    const session = read(ref)
    if (session) {
      const others = known?.slice(1 - MAX_SESSIONS_PER_USER) ?? []
      remembered.set(ref.userId, [...others, session])
    }
    return session
  }
}
