import type { IncomingMessage } from 'node:http'
import type { DataKeys } from '../login/data-keys'
import type { Patience } from '../patience'
import type { Store } from '../store/contract/store'
import { createLocalCount, type OnRefused, tooMany, WINDOW_MS } from './local-count'

export interface RateLimitOptions {
  /** What is counted. Each name has counters of its own. The log gives it as the reason of a 429. */
  name: string
  /** Calls a minute of one caller, or `off`. */
  perMinute: number | 'off'
  /** Whose calls are counted together: those of an address, of a user, of everybody. */
  callerOf: (req: IncomingMessage) => string
  /** The counters that all instances share. Left out where there is one process. */
  shared?: Pick<Store, 'counters'> | undefined
  dataKeys: Pick<DataKeys, 'get'>
  patience: Pick<Patience, 'counterMs'>
  onRefused?: OnRefused | undefined
  /** Milliseconds since 1970, for the shared counters. */
  now: () => number
}

/**
 * Lets a call pass, or refuses it.
 *
 * @throws LoginError `rate_limited` with the seconds to wait
 */
export type RateLimit = (req: IncomingMessage) => Promise<void>

/**
 * Counts calls in windows of one minute. Every call is counted in this process; a call that this
 * process would let pass is counted in the shared store too, where there is one.
 *
 * - A store that is down refuses at once, and then the count of this process decides alone.
 * - A store that hangs for `counterMs` ends the call. The login itself needs the same store and
 *   would hang as long, so the caller waits once and not twice.
 *
 * docs/decisions/rate-limiter.md compares this limiter with the libraries.
 */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { name, perMinute, callerOf, shared, dataKeys, patience, onRefused, now } = options
  if (perMinute === 'off') return async () => {}
  const countHere = createLocalCount(name, perMinute, onRefused)
  return async req => {
    const caller = callerOf(req)
    const refusal = countHere(caller)
    if (refusal) throw refusal
    if (!shared) return
    const begun = performance.now()
    // A digest, because an address is personal data and must not rest in the store. A keyed one,
    // because all addresses of IPv4 are tried in minutes.
    const counting = dataKeys
      .get()
      .then(key => shared.counters.count(key.digest(name, caller), WINDOW_MS, now()))
    const counted = await counting.catch((error: unknown) => {
      if (performance.now() - begun > patience.counterMs) throw error
      return undefined
    })
    if (!counted || counted.count <= perMinute) return
    onRefused?.(name)
    throw tooMany(name, counted.endsAt - now())
  }
}
