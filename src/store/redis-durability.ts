import type { Log } from '../log'
import { REDIS_SETTING } from './redis-link'

/**
 * `everysec` answers before it has written while the disk is busy: then even a crash of Redis alone
 * takes acknowledged log-outs back. `always` writes once for all that came in together.
 */
const WANTED = {
  appendonly: 'yes',
  appendfsync: 'always',
  'maxmemory-policy': 'noeviction',
} as const

/** Says once what a restart or a full memory would cost; silent where CONFIG is forbidden. */
export function warnOnce(log: Log) {
  let asked = false
  return async (send: (args: readonly string[]) => Promise<unknown>): Promise<void> => {
    if (asked) return
    let appends = true
    for (const [option, wanted] of Object.entries(WANTED)) {
      if (option === 'appendfsync' && !appends) continue
      const is = ((await send(['CONFIG', 'GET', option])) as Record<string, string>)[option]
      if (is === undefined || is === wanted) continue
      if (option === 'appendonly') appends = false
      log.warn('store_may_forget_sessions', { setting: REDIS_SETTING, option, is, wanted })
    }
    asked = true
  }
}
