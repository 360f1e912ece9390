import type { Log } from '../log'
import { REDIS_SETTING } from './redis-link'

const WANTED = { appendonly: 'yes', 'maxmemory-policy': 'noeviction' } as const

/** Says once what a restart or a full memory would cost; silent where CONFIG is forbidden. */
export function warnOnce(log: Log) {
  let asked = false
  return async (send: (args: readonly string[]) => Promise<unknown>): Promise<void> => {
    if (asked) return
    for (const [name, wanted] of Object.entries(WANTED)) {
      const reply = (await send(['CONFIG', 'GET', name])) as Record<string, string>
      if (reply[name] !== undefined && reply[name] !== wanted) {
        const fields = { setting: REDIS_SETTING, option: name, is: reply[name], wanted }
        log.warn('store_may_forget_sessions', fields)
      }
    }
    asked = true
  }
}
