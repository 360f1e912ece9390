import type { Accounts } from './accounts'
import { type Answer, accept } from './answer'
import type { RecordedCall } from './call'
import type { Codes } from './codes'
import { jscode2session } from './jscode2session'

/** What WeChat knows. */
export interface WeChat {
  readonly accounts: Accounts
  readonly codes: Codes
  /** ms. */
  readonly now: () => number
}

/** One of WeChat's addresses: it reads the call, changes what WeChat knows, and answers. */
export type Endpoint = (call: RecordedCall, wechat: WeChat) => Answer

/** Where the `redirect` fault sends a client. A client that respects itself never comes here. */
export const REDIRECT_TARGET = '/redirected'

/** WeChat's addresses that the simulator answers. */
export const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['/sns/jscode2session', jscode2session],
  // It looks like a login on purpose: a client that follows redirects lets a stranger in.
  [
    REDIRECT_TARGET,
    () =>
      accept({ session_key: 'AAAAAAAAAAAAAAAAAAAAAA==', openid: 'oSIM-redirected-stranger-000' }),
  ],
])

/** What WeChat says to an unknown address is not documented; an empty 404 claims nothing. */
export const NOT_FOUND: Answer = { status: 404, headers: {}, body: '' }
