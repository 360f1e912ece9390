import type { Log } from '../../../log'
import { REDIS_SETTING } from './redis-route'

/**
 * What Redis must be set to, so that a crash neither loses a login nor takes a log-out back.
 * Without an append-only file a restart goes back to the last snapshot. With `everysec` a busy disk
 * lets Redis answer before it has written. `always` writes once for all commands that came together.
 */
const WANTED = {
  appendonly: 'yes',
  appendfsync: 'always',
  'maxmemory-policy': 'noeviction',
} as const

const HINTS: Readonly<Record<string, string>> = {
  appendonly: 'a restart takes the last snapshot: logins since are gone, and log-outs since undone',
  appendfsync: 'a crash may take back the last logins and log-outs',
  'maxmemory-policy': 'a full memory ends sessions',
}

/**
 * Says in the log, once a process, what a restart or a full memory would cost. Silent where CONFIG
 * is forbidden, as hosted services do.
 */
export function createDurabilityWarning(log: Log) {
  let hasAsked = false
  return async (send: (args: readonly string[]) => Promise<unknown>): Promise<void> => {
    if (hasAsked) return
    let appends = true
    for (const [option, wanted] of Object.entries(WANTED)) {
      if (option === 'appendfsync' && !appends) continue
      const is = ((await send(['CONFIG', 'GET', option])) as Record<string, string>)[option]
      if (is === undefined || is === wanted) continue
      if (option === 'appendonly') appends = false
      const fields = { setting: REDIS_SETTING, option, is, wanted, hint: HINTS[option] }
      log.warn('store_may_forget_sessions', fields)
    }
    hasAsked = true
  }
}
