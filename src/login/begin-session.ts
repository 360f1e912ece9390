import { LoginError } from '../errors'
import type { Origin } from '../events'
import type { Store } from '../store/contract/store'
import type { User } from '../store/contract/users'
import { digest } from '../token/digest'
import { randomBytes, timeOrderedId } from '../token/random'
import type { Bonds } from './bonds'
import type { LoginAttempt } from './login-codes'
import type { PlatformUser } from './platform'
import type { RunHooks } from './run-hooks'
import type { SessionEnds } from './session-ends'
import type { SessionRefs } from './session-refs'
import type { SealedFor, SessionSealing } from './session-secrets'
import type { IssuedToken, TokenIssuer } from './token-issuer'

/** What a login brings its caller. */
export interface LoginAnswer extends IssuedToken {
  readonly isNewUser: boolean
  readonly userId: string
  readonly appid: string
  readonly sessionId: string
  /** Whether the session was there already: the code was repeated. */
  readonly isRepeat: boolean
}

export interface BeginSessionOptions {
  store: {
    readonly sessions: Pick<Store['sessions'], 'begin' | 'find' | 'reseal'>
    readonly users: Pick<Store['users'], 'findByOpenid'>
  }
  secrets: Pick<SessionSealing, 'seal'>
  refs: SessionRefs
  bonds: Pick<Bonds, 'prove' | 'proveUnionid' | 'check' | 'adopt'>
  ends: Pick<SessionEnds, 'tell'>
  hooks: RunHooks
  issueToken: TokenIssuer
  sessionTtlSeconds: number
  /** Milliseconds since 1970. */
  now: () => number
}

export interface NewSession {
  readonly attempt: Omit<LoginAttempt, 'code'>
  /** The name under which the code was claimed. */
  readonly owner: string
  readonly user: PlatformUser
  readonly origin: Origin
}

export type BeginSession = (session: NewSession) => Promise<LoginAnswer>

/**
 * Begins the session of a user whom the platform has named, and issues its first token. A session
 * that this one pushes out is told as evicted.
 *
 * The user is looked up first, because the seal names the user, and because a row that was tampered
 * with must not get the session.
 *
 * @throws LoginError `user_disabled`: the operator lets the user log in no more; `login_refused`: a
 *   hook of the host's refuses; `store_unavailable` when the store names a user who is not proven
 */
export function createBeginSession(options: BeginSessionOptions): BeginSession {
  const { store, secrets, refs, bonds, ends, hooks, issueToken, sessionTtlSeconds, now } = options

  async function findUser({ appid, openid }: Pick<User, 'appid' | 'openid'>) {
    const user = await store.users.findByOpenid(appid, openid)
    if (user) await bonds.check(user)
    return user
  }

  /**
   * Seals again for the user whom the login turned out to be of: two first logins of one user came
   * together, or the user was erased in between.
   */
  async function sealAgain(
    begun: SealedFor & { readonly isNewUser: boolean },
    user: PlatformUser,
  ): Promise<string> {
    const found = await store.users.findByOpenid(begun.appid, user.openid)
    if (found?.id !== begun.userId) {
      throw new LoginError('store_unavailable', { reason: 'user_changed' })
    }
    // This login itself made the user, in the place of one whose proof it had.
    if (!begun.isNewUser) await bonds.check(found)
    // The unionid is proven again, too: its proof was made for the user id that was expected.
    await bonds.adopt({ ...found, unionid: user.unionid ?? null })
    const sealed = secrets.seal(user, begun)
    await store.sessions.reseal(begun, { sealed, from: sessionKeyHashOf(user) })
    return sealed
  }

  return async ({ attempt, owner, user, origin }) => {
    const { codeHash, appid } = attempt
    const { openid, unionid = null } = user
    const known = await findUser({ appid, openid })
    await hooks.before({ appid, openid, unionid: user.unionid, userId: known?.id }, origin)
    const id = randomBytes(24).toString('base64url')
    const createdAt = now()
    const expiresAt = createdAt + sessionTtlSeconds * 1000
    const newUserId = timeOrderedId(createdAt)
    const expected = { id, userId: known?.id ?? newUserId, appid }
    const expectedSeal = secrets.seal(user, expected)
    const { userId, isNewUser, evicted, isDisabled } = await store.sessions.begin({
      codeHash,
      owner,
      sessionId: id,
      newUserId,
      appid,
      openid,
      unionid,
      proof: known ? null : await bonds.prove({ id: newUserId, appid, openid }),
      unionidProof: unionid === null ? null : await bonds.proveUnionid(expected.userId, unionid),
      sealed: expectedSeal,
      sessionRef: refs.seal({ sessionId: id, settledAt: createdAt }, attempt),
      sessionKeyHash: sessionKeyHashOf(user),
      now: createdAt,
      expiresAt,
    })
    if (evicted.length > 0) {
      await ends.tell({ appid, userId, sessionIds: evicted }, 'evicted', origin)
    }
    const isExpected = userId === expected.userId
    if (isDisabled) throw userDisabled(isExpected ? userId : undefined)
    const sealed = isExpected
      ? expectedSeal
      : await sealAgain({ id, userId, appid, isNewUser }, user)
    const token = issueToken({ id, userId, appid, sealed, expiresAt }, createdAt)
    const whose = { userId, appid, isNewUser, sessionId: id }
    await hooks.after({ ...whose, openid, unionid: user.unionid }, origin)
    return { ...token, ...whose, isRepeat: false }
  }
}

/** Names the user who was proven. Another id is only what a row says, and the log must not repeat it. */
function userDisabled(userId: string | undefined): LoginError {
  return new LoginError('user_disabled', { userId })
}

function sessionKeyHashOf({ sessionKey }: PlatformUser): string | null {
  return sessionKey === undefined ? null : digest(sessionKey)
}
