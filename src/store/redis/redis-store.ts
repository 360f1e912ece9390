import { readRedisUrl } from '../../config/redis-url'
import type { Events } from '../../events'
import type { Log } from '../../log'
import type { Store } from '../contract/store'
import type { UserStore } from '../contract/user-store'
import { createRedisCodes, createSettleCode } from './codes'
import { createRedisCounters } from './counters'
import { createFirstLayout } from './first-layout'
import { createDurabilityWarning } from './link/durability'
import { warnOfNoPassword } from './link/no-password'
import { openRedisRoute } from './link/open-redis-route'
import type { RedisModule, RedisPatience } from './link/redis-route'
import { createRedisCommands } from './redis-commands'
import { createRedisKeys, type RedisKeys } from './redis-keys'
import { createSessionCache, type SessionCache } from './session-cache'
import { createRedisSessions } from './sessions'
import { createRedisTrial } from './trial'
import { createRedisUsers } from './users'
import { createRedisValues } from './values'

export interface RedisStoreOptions {
  redis: RedisModule
  /** See `problemWithRedisUrl`. */
  url: string
  /** What the names of all our Redis keys begin with. */
  prefix: string
  /** Where users rest, durable and searchable. */
  users: UserStore
  events: Events
  log: Log
  patience: RedisPatience
}

/** Sessions, login codes, counters and values in Redis, users in a database. */
export async function openRedisStore(options: RedisStoreOptions): Promise<Store> {
  const { redis: module, url, prefix, users, events, log, patience } = options
  const redisKeys = createRedisKeys(prefix)
  const address = readRedisUrl(url)
  warnOfNoPassword(address, log)
  const cache = createSessionCache()
  const route = openRedisRoute({
    ...{ redis: module, url: address, events, patience },
    onInvalidate: createForget(cache, redisKeys),
    onLost: () => cache.clear(),
    onConnected: createDurabilityWarning(log),
  })
  await route.tried
  const redis = createRedisCommands(route, patience)
  const firstLayout = createFirstLayout(redis, redisKeys)
  const forUsers = { redis, redisKeys, cache, firstLayout }
  const codes = createRedisCodes(redis, redisKeys)
  const settleCode = createSettleCode(redis, redisKeys)
  const forSessions = { ...forUsers, users, settleCode }
  return {
    codes,
    sessions: createRedisSessions(forSessions),
    users: createRedisUsers({ ...forUsers, users: users.users }),
    counters: createRedisCounters(redis, redisKeys),
    values: createRedisValues(redis, redisKeys),
    // Beside the users, where nothing is evicted.
    proofs: users.proofs,
    // What is in Redis expires there by itself.
    sweep: now => users.sweep(now),
    async ping() {
      await Promise.all([users.ping(), redis.inTime(() => route.ping())])
    },
    trials: [users.userTrial, createRedisTrial(forSessions, codes)],
    async close() {
      route.close()
      await users.close()
    },
  }
}

/** Forgets the user whose key changed. Null is all of them. */
function createForget(cache: SessionCache, { userOf }: RedisKeys) {
  return (redisKey: string | null): void => {
    if (redisKey === null) return cache.clear()
    const userId = userOf(redisKey)
    if (userId !== undefined) cache.forget(userId)
  }
}
