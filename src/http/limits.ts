import type { IncomingMessage } from 'node:http'
import { addressKey } from './client-address'
import { originOf } from './context'
import { identityOf } from './found-login'
import { createRateLimit, type RateLimit, type RateLimitOptions } from './rate-limit'

/**
 * Calls a minute of one user that ask WeChat, whatever addresses they come from. A person taps a
 * button a few times; a program with one token could spend the company's quota and money.
 */
const USER_PER_MINUTE = 60

export type LimitName = 'login' | 'wechat'

export type Limits = Readonly<Record<LimitName, RateLimit>>

export interface LimitsOptions
  extends Pick<RateLimitOptions, 'dataKeys' | 'shared' | 'patience' | 'onRefused' | 'now'> {
  /** The option `rateLimit`: calls a minute from one address. */
  perMinute: number | 'off'
  /** The option `rateLimitGlobal`: logins a minute in all. */
  loginsPerMinute: number | 'off'
}

/** The limits that a row of `routes.ts` may name. Routes with the same limit are counted together. */
export function createLimits({ perMinute, loginsPerMinute, ...rest }: LimitsOptions): Limits {
  const ofAddress = { perMinute, callerOf: addressOf, ...rest }
  const ofUser = { perMinute: USER_PER_MINUTE, callerOf: userOf, ...rest }
  const ofAll = { perMinute: loginsPerMinute, callerOf: () => 'all', ...rest }
  return {
    /** Logins, aliases included. What an address may not do uses up nothing of what all may do. */
    login: inTurn(
      createRateLimit({ name: 'login', ...ofAddress }),
      createRateLimit({ name: 'login_global', ...ofAll }),
    ),
    /** Routes that ask WeChat. One user's flood uses up nothing of what the address may do. */
    wechat: inTurn(
      createRateLimit({ name: 'wechat_user', ...ofUser }),
      createRateLimit({ name: 'wechat', ...ofAddress }),
    ),
  }
}

function inTurn(first: RateLimit, second: RateLimit): RateLimit {
  return async req => {
    await first(req)
    await second(req)
  }
}

function addressOf(req: IncomingMessage): string {
  return addressKey(originOf(req).ip)
}

/** Our own id of the user whose token holds: nobody can use up what another user may do. */
function userOf(req: IncomingMessage): string {
  return identityOf(req).session.userId
}
