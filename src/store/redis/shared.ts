import { withDeadline } from '../deadline'
import type { SharedValues } from '../store'
import { guarded } from './errors'
import type { RedisRoute } from './route'
import { CLAIM_SHARED, DROP_SHARED, lifeOf, runScript, type Script } from './scripts'

const sharedKey = (key: string) => `mpl:v:${key}`

/**
 * Shared values, each behind the time of its end: the caller's clock says when that is, and Redis
 * forgets the value after as long by its own.
 */
export function createRedisShared(route: RedisRoute): SharedValues {
  const within = <T>(work: Promise<T>) => guarded(withDeadline(work))
  const run = (script: Script, key: string, ...args: (string | number)[]) =>
    within(runScript(route, script, [sharedKey(key)], args))

  return {
    async readShared(key, now) {
      const name = sharedKey(key)
      const text = (await within(route.send(name, ['GET', name]))) as string | null
      if (text === null) return undefined
      const bar = text.indexOf('|')
      return Number(text.slice(0, bar)) > now ? text.slice(bar + 1) : undefined
    },
    async writeShared(key, value, { now, expiresAt }) {
      const name = sharedKey(key)
      const life = String(lifeOf(expiresAt, now))
      await within(route.send(name, ['SET', name, `${expiresAt}|${value}`, 'PX', life]))
    },
    async claimShared(key, value, { now, expiresAt }) {
      const text = `${expiresAt}|${value}`
      return (await run(CLAIM_SHARED, key, now, text, lifeOf(expiresAt, now))) === 1
    },
    async dropShared(key, value) {
      return (await run(DROP_SHARED, key, value)) === 1
    },
  }
}
