import { z } from 'zod'
import { errcodeOf, type Meaning, WxRefused, WxUnreachable } from './errcode'

/**
 * An answer in which WeChat does not say no.
 *
 * @param special what some errcodes mean on this API, other than everywhere
 * @throws WxRefused with the errcode, WxUnreachable when it is none
 */
export function accepted(
  body: unknown,
  nowMs: number,
  special?: Readonly<Record<number, Meaning>>,
): unknown {
  if (typeof body !== 'object' || body === null) return body
  const { errcode: raw, errmsg } = body as { errcode?: unknown; errmsg?: unknown }
  const errcode = errcodeOf(raw)
  if (Number.isInteger(errcode)) throw new WxRefused(errcode as number, errmsg, nowMs, special)
  if (errcode !== undefined) throw unusable('errcode_malformed')
  return body
}

/**
 * An openid, unionid or session_key: longer and wider than anything WeChat was seen to send, but
 * nothing that a database might store otherwise than it came: to some a name with a space at its
 * end is the name without it.
 */
export const text = z.string().regex(/^[^\s\p{Cc}\p{Cs}]{1,512}$/u)

/** The fields that an answer must have, each of its type; what WeChat adds to them is left out. */
export function fieldsOf<T extends z.ZodType>(body: unknown, fields: T): z.infer<T> {
  const result = fields.safeParse(body)
  if (!result.success) throw unusable('fields_missing')
  return result.data
}

export function unusable(reason: string): WxUnreachable {
  return new WxUnreachable('wechat_bad_answer', { sent: true, reason })
}
