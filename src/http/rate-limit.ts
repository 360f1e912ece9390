import type { IncomingMessage } from 'node:http'
import { isIP, isIPv4, isIPv6 } from 'node:net'
import { LRUCache } from 'lru-cache'
import { LoginError } from '../errors'
import type { Store } from '../store/store'
import { digest } from '../token/keys'

const WINDOW_MS = 60_000
/** Addresses counted at one time; beyond it the one seen longest ago is forgotten. */
const MAX_ADDRESSES = 100_000
/** A store that fails faster than this leaves time to ask it for the login itself. */
const PATIENCE_MS = 100

export interface RateLimitOptions {
  /** What is counted: each has counters of its own. */
  name: string
  /** Calls a minute from one address, or `off`. */
  perMinute: number | 'off'
  /** The counter that all instances share; left out where there is one process. */
  shared?: Pick<Store, 'countCall'> | undefined
  /** Milliseconds since 1970, for the shared counter. */
  now: () => number
}

/** Lets a call pass or throws LoginError `rate_limited` with the seconds to wait. */
export type RateLimit = (req: IncomingMessage) => Promise<void>

/**
 * Counts calls by client address in windows of one minute, here and, where instances share a store,
 * there. A store that is down leaves the count of this process, never none; one that hangs ends the
 * call, which needs it anyway. Windows here follow the machine's uptime, so a clock that is set back
 * cannot stretch one.
 */
export function createRateLimit({ name, perMinute, shared, now }: RateLimitOptions): RateLimit {
  if (perMinute === 'off') return async () => {}
  const windows = new LRUCache<string, { count: number; endsAt: number }>({ max: MAX_ADDRESSES })

  function countHere(address: string): void {
    const uptime = performance.now()
    const current = windows.get(address)
    if (!current || current.endsAt <= uptime) {
      windows.set(address, { count: 1, endsAt: uptime + WINDOW_MS })
    } else if (++current.count > Number(perMinute)) {
      throw tooMany(current.endsAt - uptime)
    }
  }

  return async req => {
    const address = addressKey(clientAddress(req))
    countHere(address)
    if (!shared) return
    // A digest: addresses are personal data, and need not rest anywhere.
    const begun = performance.now()
    const counting = shared.countCall(digest(name, address), WINDOW_MS, now())
    const counted = await counting.catch(error => {
      // It would take as long to refuse the login: one wait for it is enough.
      if (performance.now() - begun > PATIENCE_MS) throw error
      return undefined
    })
    if (counted && counted.count > perMinute) throw tooMany(counted.endsAt - now())
  }
}

function tooMany(leftMs: number): LoginError {
  return new LoginError('rate_limited', { retryAfter: Math.max(1, Math.ceil(leftMs / 1000)) })
}

/** The peer's address; behind a trusted proxy, where the app says so, the one that it names. */
export function clientAddress(req: IncomingMessage): string {
  const { ip } = req as IncomingMessage & { ip?: unknown }
  return (typeof ip === 'string' && addressIn(ip)) || (req.socket.remoteAddress ?? '')
}

/** An address without the port that some proxies add; undefined for anything else. */
function addressIn(text: string): string | undefined {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1')
  return isIP(bare) ? bare : undefined
}

/** One key for one subscriber: IPv4 whole, also where mapped into IPv6; of IPv6 the /64. */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return mapped
  if (isIPv4(address) || !isIPv6(address)) return address
  // The URL parser writes every IPv6 address in its one shortest form, without a zone.
  const [head = '', tail = ''] = new URL(`http://[${address.split('%')[0]}]`).hostname
    .slice(1, -1)
    .split('::')
  const first = head === '' ? [] : head.split(':')
  const last = tail === '' ? [] : tail.split(':')
  const groups = [...first, ...Array(8 - first.length - last.length).fill('0'), ...last]
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') {
    const bytes = groups.slice(6).flatMap(group => {
      const bits = Number.parseInt(group, 16)
      return [bits >> 8, bits & 255]
    })
    return bytes.join('.')
  }
  return groups.slice(0, 4).join(':')
}
