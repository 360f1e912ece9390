import { sendJson } from '../answer'
import type { Endpoint } from '../endpoint'
import { bodyOf } from '../json-body'
import { LOGIN_ERRORS, logIn } from '../log-in'
import { loginFields, loginHeaders } from '../request-fields'
import { answerOfToken, tokenAnswer } from './token-answer'

export const loginEndpoint: Endpoint = {
  topic: 'login',
  sdk: 'await login.login()',
  words: {
    summary: {
      zh: '用 wx.login 的 code 登录，换取令牌',
      en: 'Logs in with a code of wx.login and gives a token.',
    },
  },
  request: { body: loginFields, headers: loginHeaders },
  answer: { status: 200, body: tokenAnswer },
  errors: LOGIN_ERRORS,
  async handle(req, res, parts) {
    const answer = await logIn(req, bodyOf(req), parts)
    sendJson(req, res, 200, answerOfToken(answer, answer.isNewUser))
  },
}
