import type { Request } from 'express'
import { z } from 'zod'
import type { ErrorText } from '../../errors'
import { failureOf } from '../../events'
import { sayWechatFailed } from '../../login/say-wechat-failed'
import { sendJson } from '../answer'
import { contextOf, originOf } from '../context'
import type { Endpoint } from '../endpoint'
import { told } from '../openapi/json-schema'
import { queryValue, readHeaders } from '../read-request'
import { accessTokenHeaders, accessTokenQuery } from '../request-fields'

const accessTokenAnswer = z.strictObject({
  access_token: told(z.string().min(1), {
    zh: '微信的 access_token',
    en: 'WeChat’s access_token.',
    example: '57_…',
  }),
  expires_in: told(z.int(), {
    zh: '还有多少秒；到时再来取',
    en: 'Seconds that it runs: ask again then.',
    example: 5400,
  }),
})

const NOT_GIVEN: ErrorText = {
  zh: '暂时无法从微信取得 access_token，请稍后再试',
  en: 'WeChat gives no access_token right now: try again later.',
}

/** When a request began to ask for an access_token. One that guard or limit refused asked for none. */
const BEGUN = new WeakMap<Request, number>()

/**
 * Hands the access_token to the company's other services. WeChat gives an app one at a time, and a
 * service that fetched a plain one for itself would end the one that all others use.
 */
export const accessTokenEndpoint: Endpoint = {
  words: {
    summary: {
      zh: '供公司的其他服务取用 access_token',
      en: 'Gives the access_token to the company’s other services.',
    },
    answer: {
      zh: '没有设置 `INTERNAL_TOKEN` 时没有这个接口',
      en: 'there is no such route without `INTERNAL_TOKEN`',
    },
  },
  request: { query: accessTokenQuery, headers: accessTokenHeaders },
  answer: { status: 200, body: accessTokenAnswer },
  errors: [
    'invalid_request',
    'unknown_appid',
    'misconfigured',
    'wechat_bad_answer',
    'wechat_unavailable',
    'wechat_quota',
    'wechat_timeout',
    'store_unavailable',
    'overloaded',
  ],
  async handle(req, res, { getAccessToken, events, now }) {
    const origin = originOf(req)
    const begun = performance.now()
    BEGUN.set(req, begun)
    const { 'x-refused-access-token': refused } = readHeaders(accessTokenHeaders, req)
    const asked = getAccessToken(queryValue(req, 'appid'), { refused, origin })
    const { appid, value, expiresAt } = await asked.catch((error: unknown) => {
      throw sayWechatFailed(error, NOT_GIVEN)
    })
    contextOf(req).appid = appid
    const isReplacement = refused !== undefined
    const durationMs = performance.now() - begun
    events.tell({ type: 'access_token.given', ...origin, appid, durationMs, isReplacement })
    const answer: z.output<typeof accessTokenAnswer> = {
      access_token: value,
      expires_in: Math.floor((expiresAt - now()) / 1000),
    }
    sendJson(req, res, 200, answer)
  },
  tellRefusal(error, req, { events }) {
    const begun = BEGUN.get(req)
    const durationMs = begun === undefined ? undefined : performance.now() - begun
    events.tell({ type: 'access_token.given', ...originOf(req), ...failureOf(error), durationMs })
  },
}
