import { type Answer, accept } from './answer'
import { jscode2session } from './jscode2session'
import type { Endpoint } from './wechat'

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
