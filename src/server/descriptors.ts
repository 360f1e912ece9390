import { readFileSync } from 'node:fs'

/** How the descriptors of one process are shared out. */
export interface Descriptors {
  /** Connections of clients. */
  readonly clients: number
  /** Connections to WeChat. */
  readonly upstream: number
}

/** Stores and logs keep so many: a pool of 10 to the database, Redis, the files of SQLite. */
const OF_STORES = 64
const OF_POOL = 10
/** What Node itself has open after its start: 20 to 30. */
const OF_PROCESS = 32
/** Beyond this a process holds more clients than it could serve in a minute. */
const MOST_CLIENTS = 16_384
const MOST_UPSTREAM = 512
/** The limit of a process that cannot read its own, and that of many systems. */
const ASSUMED = 1024

/**
 * Shares the descriptors of this process out. WeChat gets a third of what stores and process leave,
 * and 512 at the most; clients get the rest.
 *
 * @param limit descriptors that the process may have open
 * @param pool connections to the database: more than 10 are kept on top of the reserve
 */
export function shareDescriptors(limit = descriptorLimit(), pool = OF_POOL): Descriptors {
  const ofStores = OF_STORES + Math.max(0, pool - OF_POOL)
  const left = Math.max(12, limit - ofStores - OF_PROCESS)
  const upstream = Math.min(MOST_UPSTREAM, Math.floor(left / 3))
  return { upstream, clients: Math.min(MOST_CLIENTS, left - upstream) }
}

/** The soft limit, which Node raises to the hard one when it starts. Only Linux tells it. */
function descriptorLimit(): number {
  try {
    return limitIn(readFileSync('/proc/self/limits', 'utf8'))
  } catch {
    return ASSUMED
  }
}

/** The limit in the text of `/proc/self/limits`, see proc(5). */
export function limitIn(text: string): number {
  const found = /^Max open files +(\d+|unlimited)/m.exec(text)?.[1]
  if (found === 'unlimited') return Number.POSITIVE_INFINITY
  return found === undefined ? ASSUMED : Number(found)
}
