import { z } from 'zod'
import { errcodeOf, type Meanings } from './errcode'
import { WxRefused } from './wx-refused'
import { unusable } from './wx-unreachable'

export interface ReadAnswerOptions {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Errcodes that mean something else on this API than on the others. */
  readonly special?: Meanings
}

/**
 * An openid, unionid or session_key. The limit is far above what WeChat was seen to send. Spaces
 * and control characters are refused because some databases compare "a" and "a " as equal.
 */
export const identifier = z.string().regex(/^[^\s\p{Cc}\p{Cs}]{1,512}$/u)

/**
 * The fields of an answer in which WeChat does not say no. Fields that the schema does not name are
 * left out: WeChat adds new ones.
 *
 * @throws WxRefused with the errcode; WxUnreachable `wechat_bad_answer` when a field is missing or
 *   wrong
 */
export function readAnswer<T extends z.ZodType>(
  body: unknown,
  fields: T,
  { now, special }: ReadAnswerOptions,
): z.infer<T> {
  throwIfRefused(body, { now, ...(special && { special }) })
  const result = fields.safeParse(body)
  if (!result.success) throw unusable('fields_missing')
  return result.data
}

function throwIfRefused(body: unknown, options: ReadAnswerOptions): void {
  if (typeof body !== 'object' || body === null) return
  const { errcode: raw, errmsg } = body as { errcode?: unknown; errmsg?: unknown }
  const errcode = errcodeOf(raw)
  if (errcode === undefined) return
  if (!Number.isInteger(errcode)) throw unusable('errcode_malformed')
  throw new WxRefused(errcode, { errmsg, ...options })
}
