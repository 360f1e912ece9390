import type { Log } from '../../log'
import { readRedisUrl } from '../../redis-url'
import { withDeadline } from '../deadline'
import {
  MAX_SESSIONS_PER_USER,
  type Session,
  type SessionRef,
  type Store,
  type UserStore,
} from '../store'
import { createRedisCodes } from './codes'
import type { RedisModule } from './connection'
import { warnOnce } from './durability'
import { guarded } from './errors'
import { createRedisNewestKeys, type Newest, newestKey, readNewest } from './newest'
import { openRedisRoute, type RedisRoute } from './route'
import {
  ADD_SESSION,
  COUNT_CALL,
  END_SESSION,
  END_SESSIONS,
  FIND_SESSIONS,
  lifeOf,
  runScript,
  type Script,
  SWAP,
} from './scripts'
import { createRedisShared } from './shared'
import { createTrackedCache } from './tracked-cache'

/** Sessions that are kept near; 100,000 take some 60 MB. */
const CACHED_SESSIONS = 100_000

/** What a session's key holds, its unionid as the login itself left it. */
type StoredSession = Omit<Session, 'userKeyHash' | 'userKeyAt' | 'userKeyCheck'>

export interface RedisStoreOptions {
  redis: RedisModule
  /** See `problemWithRedisUrl`. */
  url: string
  /** Where users rest, durable and searchable. */
  users: UserStore
  log: Log
}

// All keys of one user share a hash slot, so that one script may touch them on a cluster too.
const sessionPrefix = (userId: string) => `mpl:{${userId}}:s:`
const sessionKey = ({ id, userId }: SessionRef) => sessionPrefix(userId) + id
const ringKey = (userId: string) => `mpl:{${userId}}:r`
const countKey = (key: string) => `mpl:n:${key}`

/**
 * Sessions, login codes and counters in Redis, users in a database. A session that was read once is
 * found without asking again until Redis says that it changed, or can no longer be trusted to.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<Store> {
  const { redis, url, users, log } = options
  const sessions = createTrackedCache<StoredSession>(CACHED_SESSIONS)
  const keys = createTrackedCache<Newest>(CACHED_SESSIONS)
  const clear = () => {
    sessions.clear()
    keys.clear()
  }
  const forget = (key: string) => {
    sessions.forget(key)
    keys.forget(key)
  }
  const route = openRedisRoute({
    redis,
    url: readRedisUrl(url),
    log,
    onInvalidate: key => (key === null ? clear() : forget(key)),
    onLost: clear,
    onConnected: warnOnce(log),
  })
  await route.tried
  return createRedisStore({ route, users, sessions, keys, forget })
}

interface Parts {
  route: RedisRoute
  users: UserStore
  sessions: ReturnType<typeof createTrackedCache<StoredSession>>
  keys: ReturnType<typeof createTrackedCache<Newest>>
  forget(key: string): void
}

function createRedisStore({ route, users, sessions, keys, forget }: Parts): Store {
  const within = <T>(work: Promise<T>) => guarded(withDeadline(work))
  const codes = createRedisCodes(route)
  const endOfTurn = createEndOfTurn()
  const run = (script: Script, on: readonly string[], ...args: (string | number)[]) =>
    runScript(route, script, on, args)

  /** Our own changes are seen at once: what is near goes before and, whatever came, after. */
  async function changing<T>(changed: readonly string[], work: () => Promise<T>): Promise<T> {
    changed.forEach(forget)
    try {
      return await work()
    } finally {
      changed.forEach(forget)
    }
  }

  /**
   * Redis tells the others what changed before it hears the next command, and not surely before it
   * answers the last one: whoever waits for a second answer knows that they have been told.
   */
  async function untilTold(key: string): Promise<void> {
    await route.send(key, ['PING'])
  }

  async function readSession(ref: SessionRef): Promise<Session | undefined> {
    const key = sessionKey(ref)
    const keyOfUser = newestKey(ref.userId)
    const keepSession = sessions.reading(key)
    const keepKey = keys.reading(keyOfUser)
    let session: StoredSession | undefined
    let newest: Newest | undefined
    try {
      const [text, pair] = (await route.send(key, ['MGET', key, keyOfUser])) as (string | null)[]
      if (text) session = JSON.parse(text)
      if (pair) newest = readNewest(pair)
    } finally {
      keepSession(session)
      keepKey(newest)
    }
    return session && newest && join(session, newest)
  }

  return {
    ...codes.methods,
    ...createRedisShared(route),
    ...createRedisNewestKeys({ route, users, changing, untilTold }),

    completeLogin: login =>
      within(
        (async () => {
          const { sessionId: id, appid, openid, sealed, keyHash, now, expiresAt } = login
          const { userId, isNewUser, unionid, newestKeyHash, newestKeyAt } =
            await users.saveUser(login)
          const session: StoredSession = {
            ...{ id, userId, appid, openid, unionid, sealed, keyHash },
            ...{ createdAt: now, expiresAt },
          }
          const on = [sessionKey(session), ringKey(userId), newestKey(userId)]
          const args = [id, JSON.stringify(session), lifeOf(expiresAt, now), now]
          const limit = [MAX_SESSIONS_PER_USER, sessionPrefix(userId)]
          const newest = [newestKeyHash, newestKeyAt, ...limit, unionid ?? '']
          const ended = await changing(on, () => run(ADD_SESSION, on, ...args, ...newest))
          for (const each of ended as string[]) forget(sessionKey({ id: each, userId }))
          await codes.settle(login, { id, userId }, isNewUser)
          return { userId, isNewUser }
        })(),
      ),

    async findSession(ref) {
      const key = sessionKey(ref)
      await endOfTurn()
      if (route.isFresh(key)) {
        const session = sessions.get(key)
        const newest = session && keys.get(newestKey(ref.userId))
        if (newest) return join(session, newest)
      }
      return within(readSession(ref))
    },

    async findSealedKeys(userId, now) {
      const texts = await within(run(FIND_SESSIONS, [ringKey(userId)], sessionPrefix(userId)))
      const found = (texts as string[]).map(text => JSON.parse(text) as StoredSession)
      return found
        .filter(({ expiresAt }) => expiresAt > now)
        .map(({ id, sealed }) => ({ id, sealed }))
    },

    resealSession: (ref, { sealed, from, keyHash = from }) =>
      within(
        (async () => {
          const key = sessionKey(ref)
          for (;;) {
            const text = (await route.send(key, ['GET', key])) as string | null
            const session = text === null ? undefined : (JSON.parse(text) as StoredSession)
            if (session?.keyHash !== from) return
            const changed = JSON.stringify({ ...session, sealed, keyHash })
            // What has ended since stays ended; what was sealed anew since is looked at again.
            if (await changing([key], () => run(SWAP, [key], String(text), changed))) return
          }
        })(),
      ),

    async endSession(ref) {
      const key = sessionKey(ref)
      const on = [key, ringKey(ref.userId)]
      await within(changing(on, () => run(END_SESSION, on, ref.id)).then(() => untilTold(key)))
    },

    async endSessionsOfUser(userId) {
      const key = ringKey(userId)
      const ended = await within(run(END_SESSIONS, [key], sessionPrefix(userId)))
      for (const id of ended as string[]) forget(sessionKey({ id, userId }))
      await within(untilTold(key))
    },

    findUser: users.findUser,
    findUserByOpenid: users.findUserByOpenid,
    findUsersByUnionid: users.findUsersByUnionid,
    findUsersByPhone: users.findUsersByPhone,
    updateProfile: users.updateProfile,

    async countCall(key, windowMs, now) {
      const counted = await within(run(COUNT_CALL, [countKey(key)], now, windowMs))
      const [count, endsAt] = counted as [number, string]
      return { count, endsAt: Number(endsAt) }
    },

    // What is in Redis expires there by itself.
    sweep: users.sweep,

    async ping() {
      await Promise.all([users.ping(), within(route.ping())])
    },

    async close() {
      route.close()
      await users.close()
    },
  }
}

/**
 * Waits until every socket has been read that had something when this turn of the event loop began:
 * a request may be read before the news that came before it. One wait serves a whole turn.
 */
function createEndOfTurn(): () => Promise<void> {
  let turn: Promise<void> | undefined
  return () => {
    turn ??= new Promise(resolve => {
      setImmediate(() => {
        turn = undefined
        resolve()
      })
    })
    return turn
  }
}

/** Field by field: spreading two objects costs forty times as much, at every check. */
function join(session: StoredSession, newest: Newest): Session {
  return {
    id: session.id,
    userId: session.userId,
    appid: session.appid,
    openid: session.openid,
    unionid: newest.unionid ?? session.unionid,
    sealed: session.sealed,
    keyHash: session.keyHash,
    createdAt: session.createdAt,
    expiresAt: session.expiresAt,
    userKeyHash: newest.userKeyHash,
    userKeyAt: newest.userKeyAt,
    userKeyCheck: newest.userKeyCheck,
  }
}
