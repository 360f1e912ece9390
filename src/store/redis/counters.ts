import type { Counters } from '../contract/counters'
import type { RedisCommands } from './redis-commands'
import type { RedisKeys } from './redis-keys'
import { defineScript } from './script'

/**
 * Args: now, window in ms. Answers the count and when the window ends. The caller's clock says when
 * a window ends. Redis forgets the window after as long by its own clock, so that a clock that is
 * set back stretches no window.
 */
const COUNT_CALL = defineScript(`
local ends = redis.call('HGET', KEYS[1], 'ends')
if ends and tonumber(ends) > tonumber(ARGV[1]) then
  return { redis.call('HINCRBY', KEYS[1], 'count', 1), ends }
end
ends = string.format('%d', tonumber(ARGV[1]) + tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'count', 1, 'ends', ends)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { 1, ends }`)

/** Counters of calls, each a hash that expires with its window. */
export function createRedisCounters(redis: RedisCommands, redisKeys: RedisKeys): Counters {
  return {
    async count(name, windowMs, now) {
      const counted = await redis.inTime(() =>
        redis.run(COUNT_CALL, [redisKeys.ofCounter(name)], now, windowMs),
      )
      const [count, endsAt] = counted as [number, string]
      return { count, endsAt: Number(endsAt) }
    },
  }
}
