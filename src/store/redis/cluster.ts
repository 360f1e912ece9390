import { LoginError } from '../../errors'
import { addressOf } from './connection'
import { createRedisLink, type RedisLink } from './link'
import type { RedisRoute, RedisRouteOptions } from './route'
import { SLOTS, slotOf } from './slots'

/** Between two questions for the cluster's map, when many commands find it out of date. */
const REFRESH_PAUSE_MS = 100

/**
 * A Redis Cluster: one link to each primary, and the map of who has which slot. The library's
 * `createCluster` leaves a hung node unnoticed and shares the cache that `tracked-cache.ts` tells of.
 * Every command of ours concerns one slot. Where the map changes, nothing read before is kept.
 */
export function openRedisCluster(options: RedisRouteOptions): RedisRoute {
  const { url, onLost } = options
  const links = new Map<string, RedisLink>()
  let owners: readonly string[] = []
  let refreshing: Promise<void> | undefined
  let closed = false

  function linkTo(name: string): RedisLink {
    const known = links.get(name)
    if (known) return known
    // Nobody would be left to close it.
    if (closed) throw new LoginError('store_unavailable', { reason: 'redis_closed' })
    const colon = name.lastIndexOf(':')
    const node = { host: name.slice(0, colon), port: Number(name.slice(colon + 1)) }
    const link = createRedisLink({ ...options, locate: async () => addressOf(url, node) })
    links.set(name, link)
    return link
  }

  /** Asks whom we know, then whom the URL names, until one of them has the map. */
  async function askForMap(): Promise<void> {
    const seeds = url.nodes.map(({ host, port }) => `${host}:${port}`)
    for (const name of new Set([...links.keys(), ...seeds])) {
      const link = linkTo(name)
      await link.tried
      const reply = await link.send(['CLUSTER', 'SLOTS']).catch(() => undefined)
      if (!Array.isArray(reply) || reply.length === 0) continue
      adopt(reply as SlotRange[], name.slice(0, name.lastIndexOf(':')))
      break
    }
    await Promise.all([...new Set(owners)].map(name => links.get(name)?.tried))
  }

  function adopt(ranges: readonly SlotRange[], askedHost: string): void {
    if (closed) return
    const found: string[] = new Array(SLOTS)
    for (const [from, to, [host, port]] of ranges)
      found.fill(`${host || askedHost}:${port}`, from, to + 1)
    const names = new Set(found)
    names.delete(undefined as never)
    for (const name of names) linkTo(name)
    for (const [name, link] of links) {
      if (names.has(name)) continue
      links.delete(name)
      link.close()
    }
    if (found.some((name, slot) => name !== owners[slot])) onLost()
    owners = found
  }

  function refresh(): Promise<void> {
    // A map that makes no sense is none; the next command asks again.
    refreshing ??= askForMap()
      .catch(() => {})
      .finally(() => {
        setTimeout(() => {
          refreshing = undefined
        }, REFRESH_PAUSE_MS).unref()
      })
    return refreshing
  }

  function ownerOf(key: string): RedisLink | undefined {
    return links.get(owners[slotOf(key)] ?? '')
  }

  /** Follows a slot that has moved, or a key of a slot that is just moving; once. */
  async function follow(error: unknown, key: string, args: readonly string[]): Promise<unknown> {
    const [, kind, name] = /^(MOVED|ASK) \d+ (\S+)$/.exec((error as Error).message) ?? []
    if (kind === undefined || name === undefined) {
      if (error instanceof LoginError) void refresh()
      throw error
    }
    if (kind === 'MOVED') {
      await refresh()
      // By the answer, not by the map: that may have been asked for before this slot moved. A node
      // that does not know its own host leaves it out.
      const link = (name.startsWith(':') && ownerOf(key)) || linkTo(name)
      await link.tried
      return link.send(args)
    }
    const link = linkTo(name)
    await link.tried
    const [, reply] = await Promise.all([link.send(['ASKING']), link.send(args)])
    return reply
  }

  return {
    tried: refresh(),
    async send(key, args) {
      const link = ownerOf(key)
      if (link) return link.send(args).catch(error => follow(error, key, args))
      void refresh()
      throw new LoginError('store_unavailable', { reason: 'redis_slot_unserved' })
    },
    isFresh: key => ownerOf(key)?.isFresh() === true,
    async ping() {
      if (owners.length === 0) await refresh()
      const names = [...new Set(owners)]
      if (names.length === 0) throw new LoginError('store_unavailable', { reason: 'redis_no_map' })
      await Promise.all(names.map(name => linkTo(name).send(['PING']))).catch(error => {
        void refresh()
        throw error
      })
    },
    close() {
      closed = true
      for (const link of links.values()) link.close()
    },
  }
}

type SlotRange = readonly [from: number, to: number, primary: readonly [host: string, port: number]]
