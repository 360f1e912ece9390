import type { Request } from 'express'
import { z } from 'zod'
import { sendJson } from '../answer'
import { originOf } from '../context'
import type { Endpoint } from '../endpoint'
import { bodyOf } from '../json-body'
import { LOGIN_ERRORS, logIn } from '../log-in'
import { told } from '../openapi/json-schema'
import { queryValue, readFields } from '../read-request'
import { loginFields, loginHeaders, tokenFields } from '../request-fields'

/*
 * The same login under the names and in the envelopes that published clients already read. No logic
 * of its own stands here.
 */

const aliasToken = told(z.string().min(1), {
  zh: '同 `/login` 的 `token`',
  en: 'As `token` of `/login`.',
  example: 'eyJ…',
})

const authAnswer = z.strictObject({
  code: z.literal('200'),
  message: z.literal('登录'),
  data: z.strictObject({ token: aliasToken }),
})

export const authEndpoint: Endpoint = {
  aliasOf: '/login',
  words: {
    summary: { zh: '`/login` 的别名', en: 'An alias of `/login`.' },
    request: {
      zh: '`code` 在查询串或请求体（JSON 或表单）',
      en: '`code` in the query or the body, JSON or a form',
    },
  },
  request: { query: loginFields, body: loginFields, headers: loginHeaders },
  answer: { status: 200, body: authAnswer },
  errors: LOGIN_ERRORS,
  async handle(req, res, parts) {
    const { token } = await logIn(req, codeAnywhere(req), parts)
    const answer: z.output<typeof authAnswer> = { code: '200', message: '登录', data: { token } }
    sendJson(req, res, 200, answer)
  },
}

const isAuthAnswer = z.discriminatedUnion('code', [
  z.strictObject({
    code: z.literal('200'),
    message: z.literal('验证成功'),
    data: z.strictObject({
      is_login: z.literal(true),
      expires_in: told(z.int().nonnegative(), {
        zh: '令牌还有多少秒',
        en: 'Seconds that the token runs.',
        example: 7200,
      }),
    }),
  }),
  z.strictObject({ code: z.literal('10119'), message: z.literal('token必须传递') }),
  z.strictObject({ code: z.literal('10200'), message: z.literal('token已过期') }),
])

type IsAuthAnswer = z.output<typeof isAuthAnswer>

export const isAuthEndpoint: Endpoint = {
  aliasOf: '/checklogin',
  words: {
    summary: { zh: '`/checklogin` 的别名', en: 'An alias of `/checklogin`.' },
    answer: {
      zh: '200；问不到存储是 503，伪造的令牌太多是 429',
      en: '200; 503 where the store cannot be asked, 429 after too many forged tokens',
    },
  },
  request: { body: tokenFields },
  answer: { status: 200, body: isAuthAnswer },
  errors: ['rate_limited', 'store_unavailable', 'overloaded'],
  async handle(req, res, parts) {
    const { token } = readFields(tokenFields, bodyOf(req))
    if (token === undefined || token === '') {
      const missing: IsAuthAnswer = { code: '10119', message: 'token必须传递' }
      return sendJson(req, res, 200, missing)
    }
    const { isLogin, expiresIn } = await parts.checkLogin(token, originOf(req))
    const data = { is_login: true, expires_in: expiresIn } as const
    const answer: IsAuthAnswer = isLogin
      ? { code: '200', message: '验证成功', data }
      : { code: '10200', message: 'token已过期' }
    sendJson(req, res, 200, answer)
  },
}

const onloginAnswer = z.strictObject({ sessionid: aliasToken })

export const onloginEndpoint: Endpoint = {
  aliasOf: '/login',
  words: {
    summary: { zh: '`/login` 的别名', en: 'An alias of `/login`.' },
    request: {
      zh: '`code` 在查询串或请求体（JSON 或表单）',
      en: '`code` in the query or the body, JSON or a form',
    },
    answer: {
      zh: '之后放在 `sessionid` 请求头里',
      en: 'from then on in a `sessionid` header',
    },
  },
  request: { query: loginFields, body: loginFields, headers: loginHeaders },
  answer: { status: 200, body: onloginAnswer },
  errors: LOGIN_ERRORS,
  async handle(req, res, parts) {
    const { token } = await logIn(req, codeAnywhere(req), parts)
    const answer: z.output<typeof onloginAnswer> = { sessionid: token }
    sendJson(req, res, 200, answer)
  },
}

/** These clients send the code in the query or in the body. The body wins. */
function codeAnywhere(req: Request): Readonly<Record<string, unknown>> {
  const body = bodyOf(req)
  return {
    code: body.code ?? queryValue(req, 'code'),
    appid: body.appid ?? queryValue(req, 'appid'),
  }
}
