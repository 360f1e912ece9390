import type { Request } from 'express'
import { z } from 'zod'
import { sendJson } from '../answer'
import { originOf } from '../context'
import type { Endpoint } from '../endpoint'
import { errorName } from '../error-answer'
import { bodyOf } from '../json-body'
import { told } from '../openapi/json-schema'
import type { Parts } from '../parts'
import { queryValue, readFields } from '../read-request'
import { tokenFields } from '../request-fields'

const checkLoginAnswer = z.strictObject({
  is_login: told(z.boolean(), { zh: '是否已登录', en: 'Whether somebody is logged in.' }),
  expires_in: told(z.int().nonnegative(), {
    zh: '令牌还有多少秒',
    en: 'Seconds that the token still runs.',
    example: 7200,
  }),
  session_key: told(z.enum(['fresh', 'unknown', 'replaced']), {
    zh: 'fresh：本会话持有最新的 session_key，5 分钟内经微信确认；replaced：已被更新的登录换掉或被微信否认；其余 unknown',
    en: 'fresh: this session holds the newest session_key, and WeChat confirmed it within 5 minutes. replaced: a newer login brought another one, or WeChat denied it. Else unknown.',
  }),
  next: told(z.enum(['none', 'renew', 'login']), {
    zh: '下一步：renew 请 /refresh（剩余不足四分之一），login 请重新登录',
    en: 'What to do: renew by /refresh (less than a quarter is left), or login.',
  }),
  reason: told(errorName.optional(), {
    zh: '没有登录时的原因，是错误名',
    en: 'The name of an error, when nobody is logged in.',
  }),
})

export const checkLoginEndpoint: Endpoint = {
  topic: 'login',
  optionalToken: true,
  sdk: 'await login.check()',
  words: {
    summary: { zh: '令牌是否有效，只读', en: 'Says whether a token holds, and changes nothing.' },
    request: {
      zh: '令牌放在请求头（与受保护的接口相同）、`?token=` 或请求体 `token`',
      en: 'token in a header that guarded routes read, `?token=` or body `token`',
    },
    answer: {
      zh: '恒为 200；问不到存储是 503，伪造的令牌太多是 429',
      en: 'always 200; 503 where the store cannot be asked, 429 after too many forged tokens',
    },
  },
  request: { query: tokenFields, body: tokenFields },
  answer: { status: 200, body: checkLoginAnswer },
  errors: ['rate_limited', 'store_unavailable', 'overloaded'],
  async handle(req, res, parts) {
    const state = await parts.checkLogin(tokenToCheck(req, parts), originOf(req))
    const answer: z.output<typeof checkLoginAnswer> = {
      is_login: state.isLogin,
      expires_in: state.expiresIn,
      session_key: state.sessionKey,
      next: state.next,
      reason: state.reason,
    }
    sendJson(req, res, 200, answer)
  },
}

/** `/checklogin` always answers: two tokens where one belongs are a token that cannot be valid. */
function tokenToCheck(req: Request, { readToken }: Parts): string | undefined {
  try {
    return readToken(req) ?? queryValue(req, 'token') ?? readFields(tokenFields, bodyOf(req)).token
  } catch {
    return 'ambiguous'
  }
}
