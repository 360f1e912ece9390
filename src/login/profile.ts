import { LoginError } from '../errors'
import type { ProfileChange, Session, Store, User } from '../store/store'

export interface Profile {
  read(session: Session): Promise<User>
  /** Changes what is given; null clears, undefined leaves as it is. */
  change(session: Session, change: ProfileChange): Promise<User>
}

/** What a user tells of itself. WeChat gives no nickname or avatar any more: the user types them. */
export function createProfile(store: Pick<Store, 'findUser' | 'updateProfile'>): Profile {
  async function read({ userId }: Session): Promise<User> {
    const user = await store.findUser(userId)
    if (!user) throw new LoginError('session_ended', { reason: 'user_gone' })
    return user
  }
  return {
    read,
    async change(session, change) {
      await store.updateProfile(session.userId, change)
      return read(session)
    },
  }
}
