import { LoginError } from '../errors'
import type { Origin } from '../events'
import type { Session } from '../store/contract/sessions'
import type { Store } from '../store/contract/store'
import { publicSessionId } from './public-session-id'
import { checkTimes } from './row-times'
import type { SessionEnds } from './session-ends'
import type { SessionUse } from './session-use'

/** A session as its user and the operator may see it. Times are milliseconds since 1970. */
export interface UserSession {
  /** Names the session, and lets nobody in. Not `req.login.sessionId`. */
  readonly id: string
  readonly createdAt: number
  readonly expiresAt: number
}

export interface UserSessionsOptions {
  store: { readonly sessions: Pick<Store['sessions'], 'list' | 'end'> }
  use: Pick<SessionUse, 'isIdle'>
  ends: Pick<SessionEnds, 'tell'>
  /** Milliseconds since 1970. */
  now: () => number
}

/** The sessions of one user. */
export interface UserSessions {
  /**
   * Those that run, the newest first.
   *
   * @throws LoginError `store_unavailable` when a row holds times that are none
   */
  list(userId: string): Promise<readonly UserSession[]>
  /**
   * Ends one session of the user who asks, perhaps the one by which the user asks. The next request
   * with a token of it fails on every instance.
   *
   * @throws LoginError `not_found` where the user has no such session
   */
  end(asking: Session, id: string, origin: Origin): Promise<void>
}

const NO_SESSION = { zh: '没有这个会话', en: 'There is no such session.' }

export function createUserSessions({ store, use, ends, now }: UserSessionsOptions): UserSessions {
  const running = async (userId: string) =>
    (await store.sessions.list(userId, now())).filter(session => !use.isIdle(session))

  return {
    async list(userId) {
      return (await running(userId)).map(({ id, createdAt, expiresAt }) => {
        checkTimes(createdAt, expiresAt)
        return { id: publicSessionId(id), createdAt, expiresAt }
      })
    },

    async end({ userId, appid }, id, origin) {
      const session = (await running(userId)).find(each => publicSessionId(each.id) === id)
      const hasEnded = session && (await store.sessions.end({ id: session.id, userId }))
      if (!hasEnded) throw new LoginError('not_found', { text: NO_SESSION })
      await ends.tell({ appid, userId, sessionIds: [session.id] }, 'logout', origin)
    },
  }
}
