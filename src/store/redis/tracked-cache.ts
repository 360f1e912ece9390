import { LRUCache } from 'lru-cache'

/**
 * Values that Redis promised to tell us about when they change (CLIENT TRACKING).
 *
 * Not the client library's own cache (`clientSideCache`, seen in 6.3): its `clear`, on FLUSHALL and
 * on a lost connection, forgets what is kept but not what is being read, so a reply that was
 * decoded together with the flush comes back to stay; and its index by key only ever grows.
 */
export interface TrackedCache<T> {
  get(key: string): T | undefined
  /**
   * Call before a read is sent. What it brought goes to the returned function, or undefined where
   * there is nothing to keep; it is not kept if the key changed since, or is being read again.
   */
  reading(key: string): (value: T | undefined) => void
  /** The key changed: its value goes, and so does what is on its way. */
  forget(key: string): void
  /** Redis can no longer tell us what changes. */
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
