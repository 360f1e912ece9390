import { LoginError } from '../../../errors'
import { addressOf } from './address'
import { ClusterMap, nodeOf, readClusterMap } from './cluster-map'
import { RedisLink } from './link'
import type { RedisRoute, RedisRouteOptions } from './redis-route'

/**
 * A Redis Cluster: one link to each primary, and the map of who has which slot. Every command of
 * ours concerns one slot. The library's `createCluster` tells nobody which keys changed, and keeps
 * callers waiting for a node that hangs: 0.90 s each, 0.00 s with links of our own
 * (`docs/decisions/redis-connections.md`).
 */
export class RedisCluster implements RedisRoute {
  readonly tried: Promise<void>
  readonly #options: RedisRouteOptions
  readonly #links = new Map<string, RedisLink>()
  #map = new ClusterMap()
  #refreshing: Promise<void> | undefined
  #isClosed = false

  constructor(options: RedisRouteOptions) {
    this.#options = options
    this.tried = this.#refresh()
  }

  async send(redisKey: string, args: readonly string[]): Promise<unknown> {
    const link = this.#linkOf(redisKey)
    if (link) return link.send(args).catch((error: unknown) => this.#follow(error, redisKey, args))
    void this.#refresh()
    throw new LoginError('store_unavailable', { reason: 'redis_slot_unserved' })
  }

  isFresh(redisKey: string): boolean {
    return this.#linkOf(redisKey)?.isFresh() === true
  }

  async ping(): Promise<void> {
    if (this.#map.names.size === 0) await this.#refresh()
    const names = [...this.#map.names]
    if (names.length === 0) throw new LoginError('store_unavailable', { reason: 'redis_no_map' })
    try {
      await Promise.all(names.map(name => this.#linkTo(name).send(['PING'])))
    } catch (error) {
      void this.#refresh()
      throw error
    }
  }

  close(): void {
    this.#isClosed = true
    for (const link of this.#links.values()) link.close()
  }

  #linkOf(redisKey: string): RedisLink | undefined {
    return this.#links.get(this.#map.ownerOf(redisKey) ?? '')
  }

  #linkTo(name: string): RedisLink {
    const known = this.#links.get(name)
    if (known) return known
    // A link that is opened after `close` would never be closed.
    if (this.#isClosed) throw new LoginError('store_unavailable', { reason: 'redis_closed' })
    const address = addressOf(this.#options.url, nodeOf(name))
    const link = new RedisLink({ ...this.#options, locate: async () => address })
    this.#links.set(name, link)
    return link
  }

  /** Asks for the map. Many commands may find it out of date at once: one question serves all. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#askForMap()
      // An answer that makes no sense is no map. The next command asks again.
      .catch(() => {})
      .finally(() => {
        const allowNext = () => {
          this.#refreshing = undefined
        }
        setTimeout(allowNext, this.#options.patience.redisMapPauseMs).unref()
      })
    return this.#refreshing
  }

  /** Asks the nodes that are known, then those of the URL, until one of them has the map. */
  async #askForMap(): Promise<void> {
    const seeds = this.#options.url.nodes.map(({ host, port }) => `${host}:${port}`)
    for (const name of new Set([...this.#links.keys(), ...seeds])) {
      const link = this.#linkTo(name)
      await link.tried
      const reply = await link.send(['CLUSTER', 'SLOTS']).catch(() => undefined)
      const map = readClusterMap(reply, nodeOf(name).host)
      if (!map) continue
      this.#adopt(map)
      break
    }
    await Promise.all([...this.#map.names].map(name => this.#links.get(name)?.tried))
  }

  #adopt(map: ClusterMap): void {
    if (this.#isClosed) return
    for (const name of map.names) this.#linkTo(name)
    for (const [name, link] of this.#links) {
      if (map.names.has(name)) continue
      this.#links.delete(name)
      link.close()
    }
    // A slot has another owner. Its former owner no longer reports changes, so all that was
    // remembered is forgotten.
    if (!map.hasSameOwners(this.#map)) this.#options.onLost()
    this.#map = map
  }

  /** Follows a slot that has moved (MOVED), or a key of a slot that is just moving (ASK), once. */
  async #follow(error: unknown, redisKey: string, args: readonly string[]): Promise<unknown> {
    const [, kind, name] = /^(MOVED|ASK) \d+ (\S+)$/.exec((error as Error).message) ?? []
    if (kind === undefined || name === undefined) {
      if (error instanceof LoginError) void this.#refresh()
      throw error
    }
    if (kind === 'ASK') return this.#askThere(name, args)
    await this.#refresh()
    // The answer names the new owner. The map may be older than the move of this slot, so it is used
    // only where the answer leaves the host out.
    const link = (name.startsWith(':') && this.#linkOf(redisKey)) || this.#linkTo(name)
    await link.tried
    return link.send(args)
  }

  async #askThere(name: string, args: readonly string[]): Promise<unknown> {
    const link = this.#linkTo(name)
    await link.tried
    const [, reply] = await Promise.all([link.send(['ASKING']), link.send(args)])
    return reply
  }
}
