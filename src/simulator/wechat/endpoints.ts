import { REDIRECT_TARGET } from '../core/foreign-faults'
import type { Endpoint } from '../core/platform'
import { accept } from './answers'
import { checksession } from './checksession'
import { getuserphonenumber } from './getuserphonenumber'
import { jscode2session } from './jscode2session'
import { resetusersessionkey } from './resetusersessionkey'
import { stableToken } from './stable-token'
import { token } from './token'
import type { WeChat } from './wechat'

/** Every address of WeChat that the simulator answers. A new API is one file, and one row here. */
const ENDPOINTS: Readonly<Record<string, (wechat: WeChat) => Endpoint>> = {
  '/sns/jscode2session': jscode2session,
  '/cgi-bin/stable_token': stableToken,
  '/cgi-bin/token': token,
  '/wxa/business/getuserphonenumber': getuserphonenumber,
  '/wxa/checksession': checksession,
  '/wxa/resetusersessionkey': resetusersessionkey,
  // The answer looks like a login on purpose: a client that follows redirects lets a stranger in.
  [REDIRECT_TARGET]: () => ({ answer: call => accept(call, STRANGER) }),
}

const STRANGER = {
  session_key: 'AAAAAAAAAAAAAAAAAAAAAA==',
  openid: 'oSIM-redirected-stranger-000',
} as const

/** The endpoints of one WeChat, by path. */
export function endpointsOf(wechat: WeChat): ReadonlyMap<string, Endpoint> {
  return new Map(Object.entries(ENDPOINTS).map(([path, endpoint]) => [path, endpoint(wechat)]))
}
