import type { Counters } from '../contract/counters'
import type { Expiring } from './expiry'

export function createMemoryCounters(counts: Map<string, { count: number } & Expiring>): Counters {
  return {
    async count(name, windowMs, now) {
      const known = counts.get(name)
      const runs = known !== undefined && known.expiresAt > now
      const count = runs ? known.count + 1 : 1
      const expiresAt = runs ? known.expiresAt : now + windowMs
      counts.set(name, { count, expiresAt })
      return { count, endsAt: expiresAt }
    },
  }
}
