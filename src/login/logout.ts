import type { Origin } from '../events'
import type { Session } from '../store/contract/sessions'
import type { Store } from '../store/contract/store'
import type { SessionEnds } from './session-ends'

export interface LogoutOptions {
  store: { readonly sessions: Pick<Store['sessions'], 'end' | 'endAll'> }
  ends: Pick<SessionEnds, 'tell'>
}

export type Logout = (session: Session, which: { all: boolean }, origin: Origin) => Promise<void>

/**
 * Ends the session, or all sessions of its user. The next request with a token of them fails on
 * every instance.
 */
export function createLogout({ store, ends }: LogoutOptions): Logout {
  return async (session, { all }, origin) => {
    const { id, userId, appid } = session
    const endOne = async () => ((await store.sessions.end(session)) ? [id] : [])
    const sessionIds = await (all ? store.sessions.endAll(userId) : endOne())
    await ends.tell({ appid, userId, sessionIds }, 'logout', origin)
  }
}
