import { LRUCache } from 'lru-cache'

/**
 * Values that Redis promised to tell us about when they change (CLIENT TRACKING).
 *
 * Not the client library's own cache (`clientSideCache`, 6.3.1). Its `clear`, on FLUSHALL, forgets
 * what is kept but not what is being read: 4 of 20 reads that were under way then came back to stay
 * (`npm run bench:redis-client`). Its index by key only ever grows, and it copies at each hit.
 */
export interface TrackedCache<T> {
  get(key: string): T | undefined
  /**
   * Call this before a read is sent, and the returned function with what the read brought, or with
   * undefined where there is nothing to keep. The value is not kept if the key changed in between,
   * or is being read again.
   */
  reading(key: string): (value: T | undefined) => void
  /** The key changed: its value goes, and a read that is under way will not be kept. */
  forget(key: string): void
  /** Redis can no longer tell us what changes: every value goes, and every read under way. */
  clear(): void
}

export function createTrackedCache<T extends object>(maxEntries: number): TrackedCache<T> {
  const values = new LRUCache<string, T>({ max: maxEntries })
  /** The latest read under way of each key; no more of them than commands under way. */
  const reads = new Map<string, object>()
  return {
    get: key => values.get(key),
    reading(key) {
      const read = {}
      reads.set(key, read)
      return value => {
        if (reads.get(key) !== read) return
        reads.delete(key)
        if (value) values.set(key, value)
      }
    },
    forget(key) {
      values.delete(key)
      reads.delete(key)
    },
    clear() {
      values.clear()
      reads.clear()
    },
  }
}
