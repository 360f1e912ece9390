import type { NewLogin } from './sessions'
import type { Store } from './store'
import type { Trial } from './trial'

/** Users without their sessions: for a store that keeps sessions elsewhere. */
export interface UserStore extends Pick<Store, 'users' | 'proofs' | 'sweep' | 'ping' | 'close'> {
  /** Whether the users of a login could be written now. */
  readonly userTrial: Trial
  /** Creates or refreshes the user of (appid, openid), durably. */
  saveUser(login: NewLogin): Promise<SavedUser>
}

export interface SavedUser {
  readonly userId: string
  readonly isNewUser: boolean
  /** What any login of this user brought last. */
  readonly unionid: string | null
  readonly unionidProof: string | null
  /** Digest of the newest session_key that any login of this user brought, and when. */
  readonly newestKeyHash: string | null
  readonly newestKeyAt: number
  /** The operator has disabled the user: no session may begin. */
  readonly isDisabled: boolean
}
