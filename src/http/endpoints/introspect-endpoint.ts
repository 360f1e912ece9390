import { z } from 'zod'
import { sendJson } from '../answer'
import { contextOf, originOf } from '../context'
import type { Endpoint } from '../endpoint'
import { bodyOf } from '../json-body'
import { readFields } from '../read-request'
import { introspectFields } from '../request-fields'

/** RFC 7662 section 2.2; `openid` and `unionid` are ours. */
const active = z.strictObject({
  active: z.literal(true),
  token_type: z.literal('Bearer'),
  /** Our user id. */
  sub: z.string().min(1),
  /** The appid of the mini program. */
  client_id: z.string().min(1),
  /** The session. */
  sid: z.string().min(1),
  /** Seconds since 1970. */
  iat: z.int(),
  exp: z.int(),
  openid: z.string().min(1),
  unionid: z.string().min(1).optional(),
})

const inactive = z.strictObject({ active: z.literal(false) })

/**
 * Says whether a token holds to servers in any language, which need no secret of ours for it. There
 * is one answer for every token that does not hold: RFC 7662 section 2.2 wants no reason told.
 */
export const introspectEndpoint: Endpoint = {
  words: {
    summary: {
      zh: '供任何语言的服务询问一个令牌是谁的、是否有效（RFC 7662）',
      en: 'Tells a server in any language whose a token is and whether it holds (RFC 7662).',
    },
    request: {
      zh: '凭据同 `/internal/access-token`；表单或 JSON `{token}`',
      en: 'credential as for `/internal/access-token`; form or JSON `{token}`',
    },
    answer: {
      zh: '注销立即可见；问不到存储是 503',
      en: 'a log-out shows at once; 503 where the store cannot be asked',
    },
  },
  request: { body: introspectFields },
  answer: { status: 200, body: z.union([active, inactive]) },
  errors: ['invalid_request', 'store_unavailable', 'overloaded'],
  async handle(req, res, { introspect }) {
    const { token } = readFields(introspectFields, bodyOf(req))
    const identity = await introspect(token, originOf(req))
    if (!identity) {
      sendJson(req, res, 200, { active: false } satisfies z.output<typeof inactive>)
      return
    }
    const { claims, session } = identity
    const context = contextOf(req)
    context.userId = session.userId
    context.appid = session.appid
    const answer: z.output<typeof active> = {
      active: true,
      token_type: 'Bearer',
      sub: claims.sub,
      client_id: claims.aud,
      sid: claims.sid,
      iat: claims.iat,
      exp: claims.exp,
      openid: session.openid,
      ...(session.unionid !== null && { unionid: session.unionid }),
    }
    sendJson(req, res, 200, answer)
  },
  /** Who asks without the right credential is told here; what is wrong with a token, by `identify`. */
  tellRefusal(error, req, { events }) {
    const { code, reason } = error
    if (code !== 'internal_token_invalid' && code !== 'rate_limited') return
    events.tell({ type: 'token.refused', ...originOf(req), error: code, reason })
  },
}
