import { LoginError } from '../errors'
import { type Events, failureOf, type Origin } from '../events'
import type { Session } from '../store/contract/sessions'
import type { Store } from '../store/contract/store'
import { type Claims, type Jwt, TokenRefused } from '../token/jwt'
import type { CloudSessions, CloudUser } from './cloud-sessions'
import type { ProveSession } from './proven-session'
import type { SessionEnds } from './session-ends'
import type { SessionSealing } from './session-secrets'
import type { SessionUse } from './session-use'

/** Who is asking. */
export interface Identity {
  /** What the token says, or would say where the gateway of Cloud Hosting names the user. */
  readonly claims: Claims
  readonly session: Session
  /**
   * WeChat's key of this session. It must not leave the server.
   *
   * @throws LoginError `session_ended` when the secret that sealed it is no longer configured;
   *   `session_key_stale` when the login brought no key
   */
  sessionKey(): string
}

/** What a request shows of itself. */
export interface Shown {
  readonly token: string | undefined
  /** Whom the gateway of WeChat Cloud Hosting names. Only what is believed stands here. */
  readonly cloudUser?: CloudUser | undefined
  /** Why what its headers say is not believed, in a word or two. */
  readonly cloudDoubt?: string | undefined
}

export interface IdentifyLimits {
  /** Take tokens of this mini program alone. Default: of all that are configured. */
  readonly appid?: string | undefined
  readonly origin: Origin
  /** Only look: the session is not used by it, and ends as late as without. Default false. */
  readonly isLook?: boolean | undefined
}

export type Identify = (shown: Shown, limits: IdentifyLimits) => Promise<Identity>

/**
 * Counts a token that was refused. `sessionId` is there only if the token's signature proved right.
 *
 * @returns the refusal to answer with instead, once there were too many
 */
export type CountRefusedToken = (shown: {
  readonly ip?: string | undefined
  readonly sessionId?: string | undefined
}) => LoginError | undefined

export interface IdentifyOptions {
  jwt: Pick<Jwt, 'verify'>
  store: { readonly sessions: Pick<Store['sessions'], 'find' | 'end'> }
  secrets: Pick<SessionSealing, 'sessionKeyOf'>
  proveSession: ProveSession
  ends: Pick<SessionEnds, 'reasonOf' | 'tellExpired'>
  use: SessionUse
  cloudSessions: Pick<CloudSessions, 'claimsOf' | 'forget'>
  events: Pick<Events, 'tell'>
  countRefusedToken: CountRefusedToken
  /** Counts a token that holds: it is no event, and must cost nothing. */
  countToken: () => void
  /** Milliseconds since 1970. */
  now: () => number
}

/**
 * Says who is asking, by the token that is shown: its signature, then its time, then its session
 * in the store, which is an allowlist. A session that the store has lost is logged out. What the
 * store says of the session must agree with the token.
 *
 * Whom the gateway names needs no token. One beside it must be of the same person.
 *
 * Every refusal of a token, or of what the gateway seems to say, is told and counted. A token that
 * holds is counted and not told.
 *
 * @throws LoginError `token_missing`, `token_invalid`, `token_expired`, `session_ended`,
 *   `rate_limited` instead of one of these after too many of them, `user_disabled` where the gateway
 *   names the user, or `store_unavailable` when the store cannot be asked
 */
export function createIdentify(options: IdentifyOptions): Identify {
  const { jwt, secrets, use, events, countRefusedToken, countToken } = options
  const sessionOf = createRunningSession(options)
  const refuseCloud = createRefuseCloud(options)
  const byGateway = createByGateway(options, sessionOf)

  return async ({ token, cloudUser, cloudDoubt }, { appid, origin, isLook = false }) => {
    if (!token && cloudUser) return byGateway(cloudUser, { appid, origin })
    if (!token && cloudDoubt !== undefined) {
      // Somebody does claim to be somebody: a client, or a setting that is wrong.
      throw refuseCloud(new LoginError('token_missing', { reason: cloudDoubt }), origin)
    }
    // Nobody claims to be anybody: there is nothing to tell.
    if (!token) throw new LoginError('token_missing')
    const begun = performance.now()
    let claims: Claims | undefined
    try {
      claims = jwt.verify(token)
      if (appid !== undefined && claims.aud !== appid) {
        throw new LoginError('token_invalid', { reason: 'another_app' })
      }
      const session = await sessionOf(claims, origin)
      if (cloudUser && !isOf(session, cloudUser)) {
        throw new LoginError('token_invalid', { reason: 'another_person' })
      }
      if (!isLook) use.note(session)
      countToken()
      return { claims, session, sessionKey: () => secrets.sessionKeyOf(session, origin) }
    } catch (refusal) {
      const proven = claims ?? claimsOf(refusal)
      const shown = { ip: origin.ip, sessionId: proven?.sid }
      const error = (isRefusal(refusal) && countRefusedToken(shown)) || refusal
      tellRefused(events, { error, claims: proven, origin, durationMs: performance.now() - begun })
      throw error
    }
  }
}

type SessionOf = (claims: Claims, origin: Origin) => Promise<Session>

/** Identifies the user whom the gateway names by the session that the user has, or begins now. */
function createByGateway(options: IdentifyOptions, sessionOf: SessionOf) {
  const { cloudSessions, secrets, use } = options
  const refuseCloud = createRefuseCloud(options)

  async function running(user: CloudUser, origin: Origin) {
    const claims = await cloudSessions.claimsOf(user, origin)
    try {
      return { claims, session: await sessionOf(claims, origin) }
    } catch (error) {
      if (!(error instanceof LoginError) || error.code !== 'session_ended') throw error
      cloudSessions.forget(user, claims)
      return undefined
    }
  }

  return async (user: CloudUser, { appid, origin }: IdentifyLimits): Promise<Identity> => {
    if (appid !== undefined && user.appid !== appid) {
      throw refuseCloud(new LoginError('token_invalid', { reason: 'another_app' }), origin)
    }
    // Of a session that was remembered and has ended another one is begun, once.
    const found = (await running(user, origin)) ?? (await running(user, origin))
    if (!found) throw new LoginError('store_unavailable', { reason: 'session_gone' })
    const { claims } = found
    // WeChat names the unionid in this very request.
    const { unionid = found.session.unionid } = user
    const session = { ...found.session, unionid }
    use.note(session)
    return { claims, session, sessionKey: () => secrets.sessionKeyOf(session, origin) }
  }
}

/**
 * Tells and counts that headers of Cloud Hosting name nobody here: a flood of forged ones comes to an
 * end as one of forged tokens does. There is no session in them, so the address counts.
 *
 * @returns what to answer with
 */
function createRefuseCloud(options: Pick<IdentifyOptions, 'events' | 'countRefusedToken'>) {
  const { events, countRefusedToken } = options
  return (refusal: LoginError, origin: Origin): LoginError => {
    const error = countRefusedToken({ ip: origin.ip }) ?? refusal
    tellRefused(events, { error, claims: undefined, origin })
    return error
  }
}

function isOf({ appid, openid }: Session, user: CloudUser): boolean {
  return appid === user.appid && openid === user.openid
}

/** Finds the session that a token names, if the session runs and is the one that the token means. */
function createRunningSession(options: IdentifyOptions): SessionOf {
  const { store, proveSession, ends, use, now } = options
  return async (claims, origin) => {
    const { sid, sub, aud } = claims
    const found = await store.sessions.find({ id: sid, userId: sub })
    if (!found) throw new LoginError('session_ended', { reason: await ends.reasonOf(sid) })
    const proven = proveSession(found, claims)
    const session = proven instanceof Promise ? await proven : proven
    const isIdle = use.isIdle(session)
    // Not `<=`: a time in the store may be no number, and such a session does not run.
    if (isIdle || !(session.expiresAt > now())) {
      // An idle session would run again if the limit were raised or a late note came.
      if (isIdle) await store.sessions.end(session)
      await ends.tellExpired({ appid: aud, userId: sub, sessionIds: [sid] }, origin)
      throw new LoginError('session_ended', { reason: 'expired' })
    }
    return session
  }
}

/** Whether we said no to the token. An error of a store says nothing about it. */
function isRefusal(error: unknown): boolean {
  return error instanceof LoginError && error.status === 401
}

/** What an expired token says. */
function claimsOf(error: unknown): Claims | undefined {
  return error instanceof TokenRefused ? error.claims : undefined
}

interface RefusedToken {
  readonly error: unknown
  readonly claims: Pick<Claims, 'aud' | 'sub' | 'sid'> | undefined
  readonly origin: Origin
  readonly durationMs?: number
}

/** Tells that a token does not hold, and of whom it is where its signature proved right. */
export function tellRefused(events: Pick<Events, 'tell'>, refused: RefusedToken): void {
  const { error, claims, origin, durationMs } = refused
  events.tell({
    type: 'token.refused',
    ...failureOf(error),
    appid: claims?.aud,
    userId: claims?.sub,
    sessionId: claims?.sid,
    requestId: origin.requestId,
    ip: origin.ip,
    durationMs,
  })
}
