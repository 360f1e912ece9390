import type { Users } from '../contract/users'
import { endSessions, eraseUser } from './end-sessions'
import type { FirstLayout } from './first-layout'
import type { RedisCommands } from './redis-commands'
import type { RedisKeys } from './redis-keys'
import { defineScript, type Script } from './script'
import type { SessionCache } from './session-cache'

/** Args: digest of the session_key, when WeChat was asked, 1 if it is valid or 0. */
const NOTE_KEY_CHECK = defineScript(`
local newest = redis.call('HMGET', KEYS[1], 'sessionKeyHash', 'checkedAt')
if newest[1] ~= ARGV[1] then return 0 end
if newest[2] and tonumber(newest[2]) > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'checkedAt', ARGV[2], 'isValid', ARGV[3])
return 1`)

/** Args: digest that the newest session_key must have, the one that it gets, when. */
const REPLACE_NEWEST_KEY = defineScript(`
if redis.call('HGET', KEYS[1], 'sessionKeyHash') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'sessionKeyHash', ARGV[2], 'broughtAt', ARGV[3])
redis.call('HDEL', KEYS[1], 'checkedAt', 'isValid')
return 1`)

export interface RedisUsersOptions {
  redis: RedisCommands
  redisKeys: RedisKeys
  cache: SessionCache
  firstLayout: FirstLayout
  /** Where users rest. */
  users: Users
}

/** Users rest in the database; the newest session_key of each is in Redis beside the sessions. */
export function createRedisUsers(options: RedisUsersOptions): Users {
  const { redis, redisKeys, cache, firstLayout, users } = options

  /** Changes the newest session_key, and waits until the other instances have been told. */
  function change(userId: string, script: Script, ...args: (string | number)[]): Promise<unknown> {
    const redisKey = redisKeys.ofNewestKey(userId)
    const run = () => redis.run(script, [redisKey], ...args)
    return redis.inTime(async () => {
      await cache.changing(userId, () => firstLayout.convertedFor(userId, run))
      await redis.untilTold(redisKey)
    })
  }

  return {
    ...users,
    async noteKeyCheck(userId, sessionKeyHash, { at, valid }) {
      await change(userId, NOTE_KEY_CHECK, sessionKeyHash, at, valid ? 1 : 0)
    },
    async replaceNewestKey(userId, { from, to, now }) {
      await users.replaceNewestKey(userId, { from, to, now })
      await change(userId, REPLACE_NEWEST_KEY, from, to, now)
    },
    // The database first: see `begin-session.ts`. A call that failed in between is made once more.
    async disable(userId, disabling) {
      const found = await users.disable(userId, disabling)
      const ended = await redis.inTime(() => endSessions(options, userId))
      return found && ended
    },
    async erase(userId, now) {
      const found = await users.erase(userId, now)
      const ended = await redis.inTime(() => eraseUser(options, userId))
      return found && ended
    },
  }
}
