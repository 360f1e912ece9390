import { z } from 'zod'
import { sendJson } from '../answer'
import { originOf } from '../context'
import type { Endpoint } from '../endpoint'
import { identityOf } from '../found-login'
import { told } from '../openapi/json-schema'
import { WECHAT_ERRORS } from './wechat-errors'

const checkSessionAnswer = z.strictObject({
  valid: told(z.boolean(), {
    zh: '服务器持有的 session_key 在微信那里是否有效',
    en: 'Whether the session_key that the server holds is valid at WeChat.',
  }),
})

export const checkSessionEndpoint: Endpoint = {
  topic: 'wechat',
  words: {
    summary: {
      zh: '向微信核对 session_key 是否有效',
      en: 'Asks WeChat whether the session_key is valid.',
    },
    answer: {
      zh: '服务器持有的 session_key 在微信那里是否有效',
      en: 'whether the session_key that the server holds is valid at WeChat',
    },
  },
  request: {},
  answer: { status: 200, body: checkSessionAnswer },
  errors: [
    'session_ended',
    'session_key_stale',
    'user_blocked',
    'store_unavailable',
    ...WECHAT_ERRORS,
  ],
  async handle(req, res, parts) {
    const valid = await parts.checkSessionKey(identityOf(req).session, originOf(req))
    const answer: z.output<typeof checkSessionAnswer> = { valid }
    sendJson(req, res, 200, answer)
  },
}
