import type { RedisNode } from '../../../config/redis-url'
import { addressOf } from './address'
import { RedisCluster } from './cluster'
import { RedisLink } from './link'
import type { RedisRoute, RedisRouteOptions } from './redis-route'
import { findPrimary } from './sentinel'

/** Opens the way to what a Redis URL names: one server, a primary behind sentinels, or a cluster. */
export function openRedisRoute(options: RedisRouteOptions): RedisRoute {
  const { url } = options
  if (url.kind === 'cluster') return new RedisCluster(options)
  const only = url.nodes[0] as RedisNode
  const hasSentinels = url.kind === 'sentinel'
  const link = new RedisLink({
    ...options,
    mustBePrimary: hasSentinels,
    locate: hasSentinels ? () => findPrimary(options) : async () => addressOf(url, only),
  })
  return {
    send: (_redisKey, args) => link.send(args),
    isFresh: () => link.isFresh(),
    tried: link.tried,
    async ping() {
      await link.send(['PING'])
    },
    close: () => link.close(),
  }
}
