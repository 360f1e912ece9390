import type { RedisUrl } from '../../../config/redis-url'
import type { Log } from '../../../log'
import { REDIS_SETTING } from './redis-route'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i

/**
 * Says in the log that a Redis on the network is used without a password. Whoever reaches such a
 * Redis can log everybody out. Nobody becomes somebody else by it: see SECURITY.md.
 */
export function warnOfNoPassword({ password, nodes }: RedisUrl, log: Pick<Log, 'warn'>): void {
  if (password !== undefined || nodes.every(({ host }) => LOOPBACK.test(host))) return
  const hint = 'set a password (requirepass, ACL) and put it into the URL'
  log.warn('redis_without_password', { setting: REDIS_SETTING, hint })
}
