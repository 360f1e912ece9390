import type { Patience } from '../../patience'
import { withDeadline } from '../deadline'
import { guarded } from './link/errors'
import type { RedisRoute } from './link/redis-route'
import { runScript, type Script } from './script'

/** What the five contracts ask of Redis. */
export interface RedisCommands extends Pick<RedisRoute, 'send' | 'isFresh'> {
  run(
    script: Script,
    redisKeys: readonly string[],
    ...args: readonly (string | number)[]
  ): Promise<unknown>
  /**
   * Waits until all instances have been told of the changes so far. Redis tells them before it hears
   * the next command, but not surely before it answers the last one: with the answer to a further
   * PING they have been told.
   */
  untilTold(redisKey: string): Promise<void>
  /**
   * The outcome of one call of a contract, whatever number of commands it takes.
   *
   * @throws LoginError `store_unavailable` when Redis fails or takes longer than `storeMs`
   */
  inTime<T>(work: () => Promise<T>): Promise<T>
}

export function createRedisCommands(
  route: Pick<RedisRoute, 'send' | 'isFresh'>,
  { storeMs }: Pick<Patience, 'storeMs'>,
): RedisCommands {
  return {
    send: (redisKey, args) => route.send(redisKey, args),
    isFresh: redisKey => route.isFresh(redisKey),
    run: (script, redisKeys, ...args) => runScript(route, script, redisKeys, args),
    async untilTold(redisKey) {
      await route.send(redisKey, ['PING'])
    },
    inTime: work => guarded(withDeadline(work(), storeMs)),
  }
}

/** Milliseconds that a key lives, by the caller's clock. Redis refuses a life of none. */
export function lifeOf(expiresAt: number, now: number): number {
  return Math.max(1, expiresAt - now)
}

/** A hash's fields and values, as HSET takes them. What is null is left out. */
export function hashArgs(
  fields: Readonly<Record<string, string | number | null>>,
): (string | number)[] {
  return Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [name, value]))
}

/** A hash as HGETALL answers it. A hash that is not there has no fields. */
export type RedisHash = Readonly<Record<string, string | undefined>>
