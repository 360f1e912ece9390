import type * as Redis from '@redis/client'
import type { RedisUrl } from '../../../config/redis-url'
import type { Events } from '../../../events'
import type { Patience } from '../../../patience'

/** The package `@redis/client`, an optional peer. */
export type RedisModule = typeof Redis

/** What the operator has set, as the log names it; the value may hold a password. */
export const REDIS_SETTING = 'REDIS_URL (redisUrl)'

/** The deadlines and pauses of everything in this folder. */
export type RedisPatience = Pick<
  Patience,
  | 'storeMs'
  | 'redisConnectMs'
  | 'redisPingEveryMs'
  | 'redisPingMs'
  | 'redisSilenceMs'
  | 'redisSentinelMs'
  | 'redisGoodMs'
  | 'redisMapPauseMs'
>

/** Brings commands to the server that has their key, and news of changed keys back. */
export interface RedisRoute {
  /**
   * Runs one command where the key lives, or fails at once while there is no connection.
   *
   * @throws LoginError `store_unavailable`, or the library's error with what Redis answered
   */
  send(redisKey: string, args: readonly string[]): Promise<unknown>
  /** Whether what was read of this key earlier, and not invalidated since, still holds. */
  isFresh(redisKey: string): boolean
  /** Resolves when every server that is needed answers. */
  ping(): Promise<void>
  /** Settles with the first attempt to connect, however that ended. */
  readonly tried: Promise<void>
  close(): void
}

/** What whoever opens a route wants to hear. */
export interface RedisRouteListeners {
  /** A key that was read over this route has changed; null: all of them. */
  onInvalidate(redisKey: string | null): void
  /** Nothing that was read before may be used any more. */
  onLost(): void
  /** A connection is there; `send` takes its first commands. */
  onConnected(send: (args: readonly string[]) => Promise<unknown>): Promise<void>
}

export interface RedisRouteOptions extends RedisRouteListeners {
  redis: RedisModule
  url: RedisUrl
  events: Events
  patience: RedisPatience
}
