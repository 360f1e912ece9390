import { type Answer, accept } from './answer'
import { parameter } from './call'
import { checkSession, resetUserSessionKey } from './checksession'
import { burnPhoneCode, getUserPhoneNumber, phoneCodeOf } from './getuserphonenumber'
import { jscode2session } from './jscode2session'
import { stableToken, token } from './token-endpoints'
import type { Endpoint } from './wechat'

/** Where the `redirect` fault sends a client. A client that respects itself never comes here. */
export const REDIRECT_TARGET = '/redirected'

/** WeChat's addresses that the simulator answers. */
export const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  [
    '/sns/jscode2session',
    {
      answer: jscode2session,
      codeOf: call => parameter(call, 'js_code'),
      burn: (call, { codes }) => codes.burn(parameter(call, 'js_code'), parameter(call, 'appid')),
    },
  ],
  ['/wxa/checksession', { answer: checkSession }],
  ['/wxa/resetusersessionkey', { answer: resetUserSessionKey }],
  ['/cgi-bin/stable_token', { answer: stableToken }],
  ['/cgi-bin/token', { answer: token }],
  [
    '/wxa/business/getuserphonenumber',
    { answer: getUserPhoneNumber, codeOf: phoneCodeOf, burn: burnPhoneCode },
  ],
  // It looks like a login on purpose: a client that follows redirects lets a stranger in.
  [REDIRECT_TARGET, { answer: call => accept(call, STRANGER) }],
])

const STRANGER = {
  session_key: 'AAAAAAAAAAAAAAAAAAAAAA==',
  openid: 'oSIM-redirected-stranger-000',
} as const

/** What WeChat says to an unknown address is not documented; an empty 404 claims nothing. */
export const NOT_FOUND: Answer = { status: 404, headers: {}, body: '' }
