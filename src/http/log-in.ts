import type { IncomingMessage } from 'node:http'
import { type ErrorCode, LoginError } from '../errors'
import type { LogIn, LoginAnswer } from '../login/login'
import { contextOf, originOf } from './context'
import { readFields, readHeaders } from './read-request'
import { loginFields, loginHeaders } from './request-fields'

/** The literal text that DevTools hands out where no AppID is filled in. */
const MOCK_CODE = 'the code is a mock one'

/** What a login may come to, wherever its code stands. */
export const LOGIN_ERRORS = [
  'invalid_request',
  'code_missing',
  'code_invalid',
  'code_used',
  'unknown_appid',
  'user_blocked',
  'user_disabled',
  'login_refused',
  'misconfigured',
  'wechat_bad_answer',
  'wechat_unavailable',
  'wechat_quota',
  'wechat_timeout',
  'store_unavailable',
  'overloaded',
] as const satisfies readonly ErrorCode[]

/** A login as each request asks for it: parsed, done, noted for the request log. */
export async function logIn(
  req: IncomingMessage,
  fields: Readonly<Record<string, unknown>>,
  { login }: Pick<LogIn, 'login'>,
): Promise<LoginAnswer> {
  refuseMockCode(fields.code, 'code')
  const { code, appid } = readFields(loginFields, fields)
  const { 'idempotency-key': idempotencyKey } = readHeaders(loginHeaders, req)
  const context = contextOf(req)
  const { arrivedAt } = context
  const answer = await login({ code, appid, idempotencyKey, arrivedAt }, originOf(req))
  context.userId = answer.userId
  context.appid = answer.appid
  return answer
}

/** @throws LoginError `invalid_request`, with what to do in DevTools */
export function refuseMockCode(code: unknown, field: string): void {
  if (code !== MOCK_CODE) return
  throw new LoginError('invalid_request', {
    field,
    reason: 'mock_code',
    text: {
      zh: '这是开发者工具在没有填 AppID（游客模式）时给的假 code：请在工具的“详情”里填写 AppID',
      en: 'This is the mock code of DevTools without an AppID: fill in an AppID in its project details.',
    },
  })
}
