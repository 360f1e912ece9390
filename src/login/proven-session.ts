import { LoginError } from '../errors'
import type { Session } from '../store/contract/sessions'
import type { Claims } from '../token/jwt'
import type { Bonds } from './bonds'
import type { SessionSealing } from './session-secrets'

export interface ProvenSessionOptions {
  secrets: Pick<SessionSealing, 'openToken'>
  bonds: Pick<Bonds, 'holdsUnionid'>
}

/** What the sealed part of a token says, and the last unionid that was proven beside it. */
interface Sealed {
  readonly openid: string
  readonly unionid: string | undefined
  provenUnionid: string | null
}

/**
 * The session as the token proves it. A row is not believed: it must agree with the session id, the
 * user id, the appid and the openid that the token's signature vouches for.
 *
 * @throws LoginError `session_ended` when the row disagrees, or when the token's seal does not open
 */
export type ProveSession = (session: Session, claims: Claims) => Session | Promise<Session>

/**
 * A token is opened once: what it says stays beside its claims for as long as those are remembered
 * (`token/jwt.ts`). A check then costs five comparisons, and waits for nothing: a promise would cost
 * as much again.
 */
export function createProvenSession({ secrets, bonds }: ProvenSessionOptions): ProveSession {
  const opened = new WeakMap<Claims, Sealed>()

  function sealedOf(claims: Claims): Sealed {
    const known = opened.get(claims)
    if (known) return known
    const { sid: id, sub: userId, aud: appid, enc } = claims
    const found = secrets.openToken(enc, { id, userId, appid })
    if (!found) throw new LoginError('session_ended', { reason: 'sealing_key_gone' })
    const { openid, unionid } = found
    const sealed = { openid, unionid, provenUnionid: unionid ?? null }
    opened.set(claims, sealed)
    return sealed
  }

  /** The session with its unionid, if a login of this user brought it. The last one is remembered. */
  async function withProvenUnionid(
    session: Session,
    unionid: string,
    sealed: Sealed,
  ): Promise<Session> {
    const { userId, unionidProof } = session
    const isRight = await bonds.holdsUnionid({ userId, unionid, unionidProof }).catch(() => false)
    if (!isRight) return { ...session, unionid: null }
    sealed.provenUnionid = unionid
    return session
  }

  return (session, claims) => {
    const sealed = sealedOf(claims)
    const { id, userId, appid, openid, unionid } = session
    const agrees = id === claims.sid && userId === claims.sub && appid === claims.aud
    if (!agrees || openid !== sealed.openid) {
      throw new LoginError('session_ended', { reason: 'row_disagrees' })
    }
    if (unionid === null || unionid === sealed.provenUnionid) return session
    return withProvenUnionid(session, unionid, sealed)
  }
}
