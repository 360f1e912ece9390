import { parameter } from '../core/call'
import type { Endpoint } from '../core/platform'
import { accept, refuse } from './answers'
import type { WeChat } from './wechat'

/** The paths behind which WeChat asks for an access_token before anything else. */
const BEHIND_ACCESS_TOKEN = /^\/(?:cgi-bin|wxa)\/[^?]/

export function isBehindAccessToken(path: string): boolean {
  return BEHIND_ACCESS_TOKEN.test(path)
}

/**
 * Any API that the simulator does not play. The access_token is checked as at every other one, so
 * that a program sees whether it renews a dead one; a good one gets the answer of an API that has
 * nothing to tell.
 */
export const otherApi = ({ accessTokens }: WeChat): Endpoint => ({
  answer(call) {
    const holder = accessTokens.check(parameter(call, 'access_token'))
    if ('errcode' in holder) return refuse(call, holder.errcode)
    return accept(call, { errcode: 0, errmsg: 'ok' })
  },
})
