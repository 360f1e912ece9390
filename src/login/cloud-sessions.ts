import { LRUCache } from 'lru-cache'
import { LoginError } from '../errors'
import { type Events, type Failure, isUndecided, type LoginEvent, type Origin } from '../events'
import type { Store } from '../store/contract/store'
import type { Claims } from '../token/jwt'
import { randomBytes } from '../token/random'
import type { BeginSession, LoginAnswer } from './begin-session'
import type { SessionSealing } from './session-secrets'
import type { SessionUse } from './session-use'
import { createSingleFlight } from './single-flight'
import { type Circumstances, telling } from './telling'

/** Who asks, as the gateway of WeChat Cloud Hosting says. */
export interface CloudUser {
  readonly appid: string
  readonly openid: string
  /** Absent means unknown, not none. */
  readonly unionid?: string
}

/** Sessions of users whom the gateway names: they bring neither a code nor a token. */
export interface CloudSessions {
  /**
   * What a token of the user's session would say. A session that this process knows is given without
   * asking the store: whether it still runs is the caller's to find out.
   *
   * @throws LoginError `user_disabled`, `login_refused` by a host's hook, `store_unavailable`
   */
  claimsOf(user: CloudUser, origin: Origin): Promise<Claims>
  /** The session has ended: the next call looks for another one, or begins it. */
  forget(user: CloudUser, claims: Claims): void
  /** Resolves once no session is being begun, to whether there was any. */
  settled(): Promise<boolean>
}

export interface CloudSessionsOptions {
  store: {
    readonly users: Pick<Store['users'], 'findByOpenid'>
    readonly sessions: Pick<Store['sessions'], 'list' | 'find'>
  }
  beginSession: BeginSession
  secrets: Pick<SessionSealing, 'tryOpenRow'>
  use: Pick<SessionUse, 'isIdle'>
  events: Pick<Events, 'tell'>
  /** Milliseconds since 1970. */
  now: () => number
}

/** Users whose session this process knows. */
const REMEMBERED = 10_000

interface Known {
  readonly claims: Claims
  /** As the gateway named it when the session was looked for. */
  readonly unionid: string | undefined
}

/** What came of looking for a session: one that ran already, or a login. */
interface Opened {
  readonly claims: Claims
  readonly begun?: LoginAnswer
}

/**
 * A user whom the gateway names has a session like any other, without a session_key: it can be listed
 * and ended, and a token may be issued of it. It is begun once, by whichever instance meets the user
 * first, and told as a login then. The others find it in the store. docs/cloud-hosting.md
 */
export function createCloudSessions(options: CloudSessionsOptions): CloudSessions {
  const { events } = options
  const known = new LRUCache<string, Known>({ max: REMEMBERED })
  const underWay = createSingleFlight<Opened>()
  const findRunning = createFindRunning(options)
  const begin = createBegin(options)

  async function open(user: CloudUser, origin: Origin): Promise<Opened> {
    const opened = (await findRunning(user)) ?? (await begin(user, origin))
    known.set(nameOf(user), { claims: opened.claims, unionid: user.unionid })
    return opened
  }

  return {
    async claimsOf(user, origin) {
      const remembered = known.get(nameOf(user))
      // One that came before the unionid was known is looked at again, for the login that brings it.
      if (remembered && isSame(user.unionid, remembered.unionid)) return remembered.claims
      // Five requests at launch must not begin five sessions.
      const { claims } = await underWay.join(nameOf(user), origin, {
        work: () => open(user, origin),
        tell: (sharers, work) => telling({ events, origin, sharers, ...eventsOf(user) }, work),
      })
      return claims
    },

    forget(user, claims) {
      if (known.peek(nameOf(user))?.claims === claims) known.delete(nameOf(user))
    },

    settled: underWay.settled,
  }
}

/** A session without a session_key that the user has already, perhaps from another instance. */
function createFindRunning({ store, secrets, use, now }: CloudSessionsOptions) {
  return async ({ appid, openid, unionid }: CloudUser): Promise<Opened | undefined> => {
    const user = await store.users.findByOpenid(appid, openid)
    if (!user) return undefined
    if (user.disabledAt !== null) throw new LoginError('user_disabled')
    // A login brings the unionid that was not known.
    if (unionid !== undefined && unionid !== user.unionid) return undefined
    const userId = user.id
    const sessions = await store.sessions.list(userId, now())
    const running = sessions.find(session => {
      if (session.sessionKeyHash !== null || use.isIdle(session)) return false
      const { id, sealed } = session
      // A row is not believed. Its seal must name this user and this openid, so that the user's own
      // proof is needed only where a session begins.
      return secrets.tryOpenRow({ id, userId, appid, openid, sealed }) !== undefined
    })
    return running && { claims: claimsOf({ ...running, userId, appid }) }
  }
}

function createBegin({ store, beginSession }: CloudSessionsOptions) {
  return async (user: CloudUser, origin: Origin): Promise<Opened> => {
    const { appid } = user
    // There is no code: nothing has this name, and nothing is settled under it.
    const codeHash = randomBytes(24).toString('base64url')
    const attempt = { appid, codeHash, idempotencyHash: null }
    const begun = await beginSession({ attempt, owner: codeHash, user, origin })
    const { sessionId: id, userId } = begun
    const session = await store.sessions.find({ id, userId })
    if (!session) throw new LoginError('store_unavailable', { reason: 'session_gone' })
    return { claims: claimsOf(session), begun }
  }
}

function claimsOf(session: {
  readonly id: string
  readonly userId: string
  readonly appid: string
  readonly sealed: string
  readonly createdAt: number
  readonly expiresAt: number
}): Claims {
  const { id: sid, userId: sub, appid: aud, sealed: enc, createdAt, expiresAt } = session
  const [iat, exp] = [Math.floor(createdAt / 1000), Math.ceil(expiresAt / 1000)]
  return Object.freeze({ aud, sub, sid, enc, iat, exp })
}

/** A session that ran already is no login, and nothing is told of it. */
function eventsOf({ appid }: CloudUser) {
  return {
    done({ begun }: Opened, how: Circumstances): LoginEvent | undefined {
      if (!begun) return undefined
      const { userId, sessionId, isNewUser } = begun
      return { type: 'login.succeeded', appid, userId, sessionId, isNewUser, ...how }
    },
    failed(failure: Failure, how: Circumstances): LoginEvent {
      const told = { appid, ...failure, ...how }
      return isUndecided(failure.error)
        ? { type: 'login.failed', ...told }
        : { type: 'login.refused', ...told }
    },
  }
}

function isSame(named: string | undefined, known: string | undefined): boolean {
  return named === undefined || named === known
}

function nameOf({ appid, openid }: CloudUser): string {
  return `${appid} ${openid}`
}
