import type { Session, Store } from '../store/store'

export type Logout = (session: Session, options: { all: boolean }) => Promise<void>

/** Ends the session, or all of the user's: the next request with such a token fails everywhere. */
export function createLogout(store: Pick<Store, 'endSession' | 'endSessionsOfUser'>): Logout {
  return (session, { all }) =>
    all ? store.endSessionsOfUser(session.userId) : store.endSession(session)
}
