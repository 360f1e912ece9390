import type { Log } from '../../log'
import type { RedisNode, RedisUrl } from '../../redis-url'
import { openRedisCluster } from './cluster'
import { addressOf, type RedisModule } from './connection'
import { createRedisLink } from './link'
import { findPrimary } from './sentinel'

/** Brings commands to the server that has their key, and news of changed keys back. */
export interface RedisRoute {
  /** Runs one command where the key lives. */
  send(key: string, args: readonly string[]): Promise<unknown>
  /** Whether what was read of this key earlier, and not invalidated since, still holds. */
  isFresh(key: string): boolean
  /** Every server that is needed answers. */
  ping(): Promise<void>
  /** Settles with the first attempt to connect, however that ended. */
  readonly tried: Promise<void>
  close(): void
}

export interface RedisRouteOptions {
  redis: RedisModule
  url: RedisUrl
  log: Log
  onInvalidate(key: string | null): void
  onLost(): void
  onConnected(send: (args: readonly string[]) => Promise<unknown>): Promise<void>
}

export function openRedisRoute(options: RedisRouteOptions): RedisRoute {
  const { url } = options
  if (url.kind === 'cluster') return openRedisCluster(options)
  const link = createRedisLink({
    ...options,
    mustBePrimary: url.kind === 'sentinel',
    locate:
      url.kind === 'sentinel'
        ? () => findPrimary(options)
        : async () => addressOf(url, url.nodes[0] as RedisNode),
  })
  return {
    send: (_key, args) => link.send(args),
    isFresh: () => link.isFresh(),
    tried: link.tried,
    async ping() {
      await link.send(['PING'])
    },
    close: link.close,
  }
}
