import type { Values } from '../contract/values'
import { lifeOf, type RedisCommands } from './redis-commands'
import type { RedisKeys } from './redis-keys'
import { defineScript } from './script'

/** Args: value, when it expires, life in ms. */
const WRITE_VALUE = defineScript(`
redis.call('HSET', KEYS[1], 'value', ARGV[1], 'expiresAt', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return false`)

/** Args: value, when it expires, life in ms, now. Answers 1 where there was no value. */
const CLAIM_VALUE = defineScript(`
local expiresAt = redis.call('HGET', KEYS[1], 'expiresAt')
if expiresAt and tonumber(expiresAt) > tonumber(ARGV[4]) then return 0 end
redis.call('HSET', KEYS[1], 'value', ARGV[1], 'expiresAt', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`)

/** Arg: the value that it must have. Answers 1 where it had it. */
const DROP_VALUE = defineScript(`
if redis.call('HGET', KEYS[1], 'value') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`)

/**
 * Small values that all instances share, each a hash of the value and the time of its end. The
 * caller's clock says when that is. Redis forgets the value after as long by its own clock.
 */
export function createRedisValues(redis: RedisCommands, redisKeys: RedisKeys): Values {
  return {
    async read(name, now) {
      const redisKey = redisKeys.ofValue(name)
      const command = ['HMGET', redisKey, 'value', 'expiresAt']
      const reply = await redis.inTime(() => redis.send(redisKey, command))
      const [value, expiresAt] = reply as [string | null, string | null]
      return value !== null && Number(expiresAt) > now ? value : undefined
    },

    async write(name, value, { now, expiresAt }) {
      const life = lifeOf(expiresAt, now)
      await redis.inTime(() =>
        redis.run(WRITE_VALUE, [redisKeys.ofValue(name)], value, expiresAt, life),
      )
    },

    async claim(name, value, { now, expiresAt }) {
      const life = lifeOf(expiresAt, now)
      const claimed = await redis.inTime(() =>
        redis.run(CLAIM_VALUE, [redisKeys.ofValue(name)], value, expiresAt, life, now),
      )
      return claimed === 1
    },

    async drop(name, value) {
      const redisKey = redisKeys.ofValue(name)
      return (await redis.inTime(() => redis.run(DROP_VALUE, [redisKey], value))) === 1
    },
  }
}
