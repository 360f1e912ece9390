import { z } from 'zod'
import { type Action, ERRORS, type ErrorBody, type ErrorCode, type LoginError } from '../errors'
import { told } from './openapi/json-schema'
import type { Route } from './route'

/** The name of an error, see docs/errors.md. */
export const errorName = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]])
const action = z.enum([...new Set<Action>(Object.values(ERRORS).map(({ action }) => action))] as [
  Action,
  ...Action[],
])

/** Each part of what a login needs: `ok`, or what is wrong with it in a word. */
export const partsAnswer = z.record(z.string(), z.string())

/** Our error shape, see docs/errors.md. */
export const errorAnswer = z.strictObject({
  error: told(errorName, {
    zh: '错误名，供程序判断',
    en: 'The name of the error, for programs.',
  }),
  message: told(z.string().min(1), { zh: '中文说明', en: 'What is wrong, in Chinese.' }),
  message_en: told(z.string().min(1), { zh: '英文说明', en: 'What is wrong, in English.' }),
  action: told(action, { zh: '下一步做什么', en: 'What to do next.' }),
  retry_after: told(z.int().positive().nullable(), {
    zh: '多少秒之后再试；null：不必等',
    en: 'Seconds until another try makes sense, or null.',
  }),
  request_id: told(z.string().min(1), {
    zh: '这次请求的名字，服务器日志里也有',
    en: 'The name of the request. The log of the server has it, too.',
  }),
  field: told(z.string().exactOptional(), {
    zh: '有问题的字段的名字，不含它的值',
    en: 'The name of the field that is wrong, without its value.',
  }),
  wx_errcode: told(z.int().exactOptional(), {
    zh: '微信给的 errcode',
    en: 'The errcode that WeChat gave.',
  }),
  parts: told(partsAnswer.exactOptional(), {
    zh: '仅 /readyz，且出示了内部凭据：哪一部分不行',
    en: 'Of `/readyz` alone, for who shows the internal token: which part is down.',
  }),
}) satisfies z.ZodType<ErrorBody>

/** How `/auth` says that it failed. */
export const authFailureAnswer = z.strictObject({ code: errorName, message: z.string().min(1) })

export function authFailure(error: LoginError): z.output<typeof authFailureAnswer> {
  return { code: error.code, message: error.body('').message }
}

/** The schema of what a route answers when it fails. */
export function failureAnswerOf({ failure }: Pick<Route, 'failure'>): z.ZodObject {
  return failure === 'auth' ? authFailureAnswer : errorAnswer
}
