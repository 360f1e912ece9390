import type { Values } from '../contract/values'
import type { Expiring } from './expiry'

export function createMemoryValues(values: Map<string, { value: string } & Expiring>): Values {
  const runs = (name: string, now: number) => {
    const known = values.get(name)
    return known && known.expiresAt > now ? known : undefined
  }
  return {
    async read(name, now) {
      return runs(name, now)?.value
    },
    async write(name, value, { expiresAt }) {
      values.set(name, { value, expiresAt })
    },
    async claim(name, value, { now, expiresAt }) {
      if (runs(name, now)) return false
      values.set(name, { value, expiresAt })
      return true
    },
    async drop(name, value) {
      return values.get(name)?.value === value && values.delete(name)
    },
  }
}
