import type {
  ListedSession,
  ResealedSecrets,
  Session,
  SessionRef,
  Sessions,
} from '../contract/sessions'
import { createEndOfTurn } from '../end-of-turn'
import { beginSession, type RedisSessionsOptions } from './begin-session'
import { endSessions, readSessionIds } from './end-sessions'
import { readNewestKey } from './newest-record'
import type { RedisHash } from './redis-commands'
import { joinNewest, readSessionRecord } from './session-record'
import { END_SESSION, NOTE_USE, RESEAL_SESSION } from './session-scripts'

/**
 * Sessions, each a hash that expires by itself. A session that was read once is found without
 * asking Redis again, until Redis says that it changed or can no longer be trusted to say so.
 */
export function createRedisSessions(options: RedisSessionsOptions): Sessions {
  const { redis, redisKeys, cache } = options
  const endOfTurn = createEndOfTurn()
  return {
    begin: login => redis.inTime(() => beginSession(options, login)),

    async find(ref) {
      await endOfTurn()
      const known = redis.isFresh(redisKeys.ofSession(ref)) ? cache.get(ref) : undefined
      return known ?? redis.inTime(() => read(options, ref))
    },

    list: (userId, now) => redis.inTime(() => list(options, userId, now)),
    reseal: (ref, secrets) => redis.inTime(() => reseal(options, ref, secrets)),
    noteUse: (ref, now) => redis.inTime(() => noteUse(options, ref, now)),
    end: ref => redis.inTime(() => end(options, ref)),
    endAll: userId => redis.inTime(() => endSessions(options, userId)),
  }
}

/** Both commands leave in one write and are answered in one read. */
function read(
  { redis, redisKeys, cache, firstLayout }: RedisSessionsOptions,
  ref: SessionRef,
): Promise<Session | undefined> {
  const ofSession = redisKeys.ofSession(ref)
  const ofNewestKey = redisKeys.ofNewestKey(ref.userId)
  const readBoth = async () => {
    const [session, newest] = await Promise.all([
      redis.send(ofSession, ['HGETALL', ofSession]),
      redis.send(ofNewestKey, ['HGETALL', ofNewestKey]),
    ])
    const record = readSessionRecord(ref, session as RedisHash)
    const newestKey = readNewestKey(newest as RedisHash)
    return record && newestKey && joinNewest(record, newestKey)
  }
  return firstLayout.convertedFor(ref.userId, () => cache.reading(ref, readBoth))
}

/** One read of the ids, then one of all sessions. What ends in between is not listed. */
async function list(
  { redis, redisKeys, firstLayout }: RedisSessionsOptions,
  userId: string,
  now: number,
): Promise<readonly ListedSession[]> {
  const ids = await readSessionIds({ redis, redisKeys }, userId)
  const readOne = async (id: string) => {
    const ref = { id, userId }
    const redisKey = redisKeys.ofSession(ref)
    return readSessionRecord(ref, (await redis.send(redisKey, ['HGETALL', redisKey])) as RedisHash)
  }
  const found = await firstLayout.convertedFor(userId, () => Promise.all(ids.map(readOne)))
  return found
    .filter(session => session !== undefined)
    .filter(({ expiresAt }) => expiresAt > now)
    .map(({ id, sealed, sessionKeyHash, createdAt, expiresAt, lastUsedAt }) => ({
      id,
      sealed,
      sessionKeyHash,
      createdAt,
      expiresAt,
      lastUsedAt,
    }))
    .reverse()
}

async function reseal(
  { redis, redisKeys, cache, firstLayout }: RedisSessionsOptions,
  ref: SessionRef,
  { sealed, from, sessionKeyHash = from }: ResealedSecrets,
): Promise<void> {
  const on = [redisKeys.ofSession(ref)]
  const args = [from ?? '', sessionKeyHash ?? '', sealed]
  const run = () => redis.run(RESEAL_SESSION, on, ...args)
  await cache.changing(ref.userId, () => firstLayout.convertedFor(ref.userId, run))
}

async function noteUse(
  { redis, redisKeys, cache, firstLayout }: RedisSessionsOptions,
  ref: SessionRef,
  now: number,
): Promise<void> {
  const on = [redisKeys.ofSession(ref)]
  const run = () => redis.run(NOTE_USE, on, now)
  await cache.changing(ref.userId, () => firstLayout.convertedFor(ref.userId, run))
}

async function end(
  { redis, redisKeys, cache }: RedisSessionsOptions,
  ref: SessionRef,
): Promise<boolean> {
  const on = [redisKeys.ofSession(ref), redisKeys.ofSessionIds(ref.userId)]
  const ended = await cache.changing(ref.userId, () => redis.run(END_SESSION, on, ref.id))
  await redis.untilTold(redisKeys.ofSession(ref))
  return ended === 1
}
