import type { RedisCommands } from './redis-commands'
import type { RedisKeys } from './redis-keys'
import type { SessionCache } from './session-cache'
import { endSessionsNaming } from './session-scripts'

export interface EndSessionsOptions {
  redis: RedisCommands
  redisKeys: RedisKeys
  cache: SessionCache
}

/** Ends all sessions of a user. Resolves to the ids of those that it ended, once all instances know. */
export async function endSessions(
  { redis, redisKeys, cache }: EndSessionsOptions,
  userId: string,
): Promise<readonly string[]> {
  const ofSessionIds = redisKeys.ofSessionIds(userId)
  // A login in between is a session that was not named. The next round names it.
  for (;;) {
    const ids = await readSessionIds({ redis, redisKeys }, userId)
    const named = ids.map(id => redisKeys.ofSession({ id, userId }))
    const run = () => redis.run(endSessionsNaming(ids.length), [ofSessionIds, ...named], ...ids)
    const ended = (await cache.changing(userId, run)) as string[] | null
    if (ended === null) continue
    await redis.untilTold(ofSessionIds)
    return ended
  }
}

/** The oldest login first; some of the sessions may have expired. */
export async function readSessionIds(
  { redis, redisKeys }: Pick<EndSessionsOptions, 'redis' | 'redisKeys'>,
  userId: string,
): Promise<readonly string[]> {
  const redisKey = redisKeys.ofSessionIds(userId)
  return (await redis.send(redisKey, ['ZRANGE', redisKey, '0', '-1'])) as string[]
}

/** Removes all that Redis holds of a user who is no more. Resolves as `endSessions` does. */
export async function eraseUser(
  options: EndSessionsOptions,
  userId: string,
): Promise<readonly string[]> {
  const { redis, redisKeys, cache } = options
  const ended = await endSessions(options, userId)
  const ofCodeHashes = redisKeys.ofCodeHashes(userId)
  const hashes = (await redis.send(ofCodeHashes, ['ZRANGE', ofCodeHashes, '0', '-1'])) as string[]
  const ofNewestKey = redisKeys.ofNewestKey(userId)
  // The list of the codes last: an interruption leaves what names the others.
  const rest = [...hashes.map(redisKeys.ofCode), ofNewestKey, ofCodeHashes]
  for (const redisKey of rest) {
    await cache.changing(userId, () => redis.send(redisKey, ['DEL', redisKey]))
  }
  await redis.untilTold(ofNewestKey)
  return ended
}
