import type { Log } from '../../log'
import { REDIS_SETTING } from './link'

/**
 * Without an append-only file Redis goes back to its last snapshot, and with it come the sessions
 * that ended since. `everysec` answers before it has written while the disk is busy: then even a crash of Redis alone
 * takes acknowledged log-outs back. `always` writes once for all that came in together.
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
      const fields = { setting: REDIS_SETTING, option, is, wanted, hint: HINTS[option] }
      log.warn('store_may_forget_sessions', fields)
    }
    asked = true
  }
}
