import type { Log } from '../log'
import type { Middleware } from './require-login'

const FIX =
  'if a proxy of yours stands in front, set TRUST_PROXY (hops or CIDR ranges): without it all users are one address to the limits and the log; if none does, a client made the header up and nothing is wrong'

/**
 * Warns once, at the first `X-Forwarded-For`, for an app that trusts no proxy. Behind a proxy every
 * user would have the proxy's address, so that all of them together could log in as often as one.
 */
export function createForwardedWarning(log: Pick<Log, 'warn'>): Middleware {
  let isWarned = false
  return (req, _res, next) => {
    if (!isWarned && req.headers['x-forwarded-for'] !== undefined) {
      isWarned = true
      log.warn('proxy_not_trusted', { setting: 'TRUST_PROXY', fix: FIX })
    }
    next()
  }
}
