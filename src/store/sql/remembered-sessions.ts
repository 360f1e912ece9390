import type { Session, SessionRef, Sessions } from '../contract/sessions'
import { createEndOfTurn } from '../end-of-turn'
import { createSessionMemory } from '../session-memory'
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
  const remembered = createSessionMemory(REMEMBERED_SESSIONS)
  const endOfTurn = createEndOfTurn(forgetChanged)

  function forgetChanged(): void {
    let users: readonly string[] | undefined
    try {
      users = changes.look()
    } finally {
      // Also after a look that failed.
      if (!users) remembered.clear()
    }
    for (const userId of users ?? []) remembered.forget(userId)
  }

  return async ref => {
    await endOfTurn()
    const known = remembered.get(ref)
    if (known) return known
    const session = read(ref)
    if (session) remembered.keep(session)
    return session
  }
}
