import { LoginError } from '../errors'
import type { Session, Store } from '../store/store'
import type { KeyRing } from '../token/keys'
import { isSealedBy, seal, unseal } from '../token/seal'
import type { IssuedToken, TokenIssuer } from './token-issuer'

export interface RefreshOptions {
  store: Pick<Store, 'resealSession'>
  keys: KeyRing
  issueToken: TokenIssuer
}

export type Refresh = (session: Session) => Promise<IssuedToken>

/**
 * A new token of the same session, never past the session's end. The old token runs on, so many
 * callers may refresh at once. After a rotation of the signing secret this is where a session's
 * sealed values move to the new key.
 *
 * @throws LoginError `session_ended` when the key that sealed the session's values is gone
 */
export function createRefresh({ store, keys, issueToken }: RefreshOptions): Refresh {
  return async session => {
    if (isSealedBy(keys.current, session.sealed)) return issueToken(session)
    const context = { sessionId: session.id, appid: session.appid }
    const values = unseal(keys, session.sealed, context)
    if (!values) throw new LoginError('session_ended', { reason: 'sealing_key_gone' })
    const sealed = seal(keys.current, values, context)
    await store.resealSession(session, { sealed, from: session.keyHash })
    return issueToken({ ...session, sealed })
  }
}
