import type { Events, Origin, SessionEnd } from '../events'
import type { Store } from '../store/contract/store'
import type { User } from '../store/contract/users'
import type { SessionEnds } from './session-ends'

export interface UserChangesOptions {
  store: {
    readonly users: Pick<Store['users'], 'find' | 'disable' | 'enable' | 'erase'>
    readonly sessions: Pick<Store['sessions'], 'endAll' | 'list'>
  }
  ends: Pick<SessionEnds, 'tell'>
  events: Pick<Events, 'tell'>
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * What the operator does to a user. Each resolves to whether there is such a user, and may be made
 * once more after a failure.
 */
export interface UserChanges {
  /** Ends all sessions. */
  logOut(userId: string, origin: Origin): Promise<boolean>
  /**
   * Ends all sessions, and refuses each login of the user by `user_disabled` until `enable`.
   *
   * @throws TypeError for a reason longer than 200 characters or with a control character
   */
  disable(userId: string, reason: string | undefined, origin: Origin): Promise<boolean>
  enable(userId: string, origin: Origin): Promise<boolean>
  /** Removes all that is kept of the person, and ends all sessions. */
  erase(userId: string, origin: Origin): Promise<boolean>
}

const REASON = /^[^\p{Cc}\p{Cs}]{1,200}$/u

export function createUserChanges(options: UserChangesOptions): UserChanges {
  const { store, ends, events, now } = options

  /** Tells that sessions ended whose user is, or was until now, this one. */
  async function tellEnded(
    user: User | undefined,
    ended: { sessionIds: readonly string[]; reason: SessionEnd; origin: Origin },
  ): Promise<void> {
    const { sessionIds, reason, origin } = ended
    if (user) await ends.tell({ appid: user.appid, userId: user.id, sessionIds }, reason, origin)
  }

  return {
    async logOut(userId, origin) {
      const user = await store.users.find(userId)
      const sessionIds = await store.sessions.endAll(userId)
      await tellEnded(user, { sessionIds, reason: 'logout', origin })
      return user !== undefined
    },

    async disable(userId, reason, origin) {
      checkReason(reason)
      const user = await store.users.find(userId)
      const disabling = { reason: reason ?? null, now: now() }
      const sessionIds = await store.users.disable(userId, disabling)
      if (!sessionIds) return false
      events.tell({ type: 'user.disabled', userId, ...named(origin) })
      await tellEnded(user, { sessionIds, reason: 'disabled', origin })
      return true
    },

    async enable(userId, origin) {
      const isThere = await store.users.enable(userId)
      if (isThere) events.tell({ type: 'user.enabled', userId, ...named(origin) })
      return isThere
    },

    async erase(userId, origin) {
      const user = await store.users.find(userId)
      const running = user ? await store.sessions.list(userId, now()) : []
      const told = async (sessionIds: readonly string[]) => {
        events.tell({ type: 'user.erased', userId, ...named(origin) })
        await tellEnded(user, { sessionIds, reason: 'erased', origin })
      }
      try {
        const sessionIds = await store.users.erase(userId, now())
        if (sessionIds) await told(sessionIds)
        return sessionIds !== undefined
      } catch (error) {
        // Half of it may be done: the person is gone, and the next call would tell of nobody.
        const isGone =
          user &&
          (await store.users.find(userId).then(
            left => !left,
            () => false,
          ))
        if (isGone) await told(running.map(({ id }) => id))
        throw error
      }
    },
  }
}

function checkReason(reason: string | undefined): void {
  if (reason === undefined || REASON.test(reason)) return
  throw new TypeError('"reason" must have 1 to 200 characters, none of them a control character')
}

/** An origin may be a whole request: an event gets what belongs to it. */
function named({ requestId, ip }: Origin): Origin {
  return { requestId, ip }
}
