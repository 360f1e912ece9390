import type { SharedValues } from './store'

/** Shared values on a Map, which the store sweeps. */
export function createMemoryShared(
  values: Map<string, { value: string; expiresAt: number }>,
): SharedValues {
  const runs = (key: string, now: number) => {
    const known = values.get(key)
    return known && known.expiresAt > now ? known : undefined
  }
  return {
    async readShared(key, now) {
      return runs(key, now)?.value
    },
    async writeShared(key, value, { expiresAt }) {
      values.set(key, { value, expiresAt })
    },
    async claimShared(key, value, { now, expiresAt }) {
      if (runs(key, now)) return false
      values.set(key, { value, expiresAt })
      return true
    },
    async dropShared(key, value) {
      return values.get(key)?.value === value && values.delete(key)
    },
  }
}
