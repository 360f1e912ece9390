import type { Origin } from '../events'
import type { Session } from '../store/contract/sessions'
import type { Store } from '../store/contract/store'
import type { SessionSealing } from './session-secrets'
import type { IssuedToken, TokenIssuer } from './token-issuer'

export interface RefreshOptions {
  store: { readonly sessions: Pick<Store['sessions'], 'reseal'> }
  secrets: Pick<SessionSealing, 'isCurrent' | 'open' | 'seal'>
  issueToken: TokenIssuer
}

export type Refresh = (session: Session, origin: Origin) => Promise<IssuedToken>

/**
 * Gives a new token of the same session, which never outlives the session. The old token stays
 * valid, so many callers may refresh at once. After a rotation of the signing secret, and after an
 * upgrade from version 0.1, a refresh seals the session's secrets anew.
 *
 * @throws LoginError `session_ended` when the secret that sealed them is no longer configured, or when
 *   they are another person's
 */
export function createRefresh({ store, secrets, issueToken }: RefreshOptions): Refresh {
  return async (session, origin) => {
    if (secrets.isCurrent(session)) return issueToken(session)
    const sealed = secrets.seal(secrets.open(session, origin), session)
    await store.sessions.reseal(session, { sealed, from: session.sessionKeyHash })
    return issueToken({ ...session, sealed })
  }
}
