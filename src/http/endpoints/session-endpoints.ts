import { z } from 'zod'
import { sendJson } from '../answer'
import { originOf } from '../context'
import type { Endpoint } from '../endpoint'
import { identityOf } from '../found-login'
import { bodyOf } from '../json-body'
import { readFields } from '../read-request'
import { logoutFields } from '../request-fields'
import { answerOfToken, tokenAnswer } from './token-answer'

export const refreshEndpoint: Endpoint = {
  topic: 'login',
  words: {
    summary: { zh: '续期：同一会话的新令牌', en: 'Gives a new token of the same session.' },
    answer: { zh: '不会超过会话本身的期限', en: 'never past the session’s own end' },
  },
  request: {},
  answer: { status: 200, body: tokenAnswer },
  errors: ['session_ended', 'store_unavailable', 'overloaded'],
  async handle(req, res, parts) {
    const issued = await parts.refresh(identityOf(req).session, originOf(req))
    sendJson(req, res, 200, answerOfToken(issued, false))
  },
}

const logoutAnswer = z.strictObject({ message: z.literal('success!') })

export const logoutEndpoint: Endpoint = {
  topic: 'login',
  sdk: 'await login.logout()',
  words: {
    summary: { zh: '退出登录', en: 'Ends the session.' },
    request: {
      zh: '`{all: true}` 退出该用户全部会话',
      en: '`{all: true}` ends all the user’s sessions',
    },
    answer: { zh: '下一个请求即失效', en: 'the next request fails' },
  },
  request: { body: logoutFields },
  answer: { status: 200, body: logoutAnswer },
  errors: ['invalid_request', 'store_unavailable', 'overloaded'],
  async handle(req, res, parts) {
    const { all = false } = readFields(logoutFields, bodyOf(req))
    await parts.logout(identityOf(req).session, { all }, originOf(req))
    const answer: z.output<typeof logoutAnswer> = { message: 'success!' }
    sendJson(req, res, 200, answer)
  },
}
