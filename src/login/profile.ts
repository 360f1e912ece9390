import { LoginError } from '../errors'
import type { Session } from '../store/contract/sessions'
import type { Store } from '../store/contract/store'
import type { ProfileChange, User } from '../store/contract/users'
import { checkTimes } from './row-times'

export interface ProfileStore {
  readonly users: Pick<Store['users'], 'find' | 'update'>
}

export interface Profile {
  /**
   * @throws LoginError `session_ended` when the store has no such user or names another person,
   *   `store_unavailable` when its row holds times that are none
   */
  read(session: Session): Promise<User>
  /** Null clears a field. Undefined leaves it as it is. */
  change(session: Session, change: ProfileChange): Promise<User>
}

/** Reads and changes what users tell of themselves. WeChat gives no nickname or avatar any more. */
export function createProfile(store: ProfileStore): Profile {
  async function read({ userId, appid, openid }: Session): Promise<User> {
    const user = await store.users.find(userId)
    if (!user) throw new LoginError('session_ended', { reason: 'user_gone' })
    if (user.id !== userId || user.appid !== appid || user.openid !== openid) {
      throw new LoginError('session_ended', { reason: 'row_disagrees' })
    }
    checkTimes(user.createdAt, user.lastLoginAt)
    return user
  }
  return {
    read,
    async change(session, change) {
      // First: a row that is another person's must not be written either.
      await read(session)
      await store.users.update(session.userId, change)
      return read(session)
    },
  }
}
