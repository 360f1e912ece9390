import { z } from 'zod'
import { sendEmpty } from '../answer'
import type { Endpoint } from '../endpoint'
import { loginOf } from '../found-login'
import { told } from '../openapi/json-schema'

/** What a gateway tells the server behind it. An answer to a gateway always has all of them. */
export const IDENTITY_HEADERS = ['X-User-Id', 'X-Appid', 'X-Openid', 'X-Unionid'] as const

const verifyHeaders = z.object({
  'x-user-id': told(z.string().min(1), { zh: '我们的用户 id', en: 'Our id of the user.' }),
  'x-appid': told(z.string().min(1), { zh: '哪个小程序', en: 'Which mini program.' }),
  'x-openid': told(z.string(), {
    zh: '空，除非出示了 X-Internal-Token',
    en: 'Empty without the X-Internal-Token.',
  }),
  'x-unionid': told(z.string(), {
    zh: '空，除非出示了 X-Internal-Token 且知道它',
    en: 'Empty without the X-Internal-Token, and where it is not known.',
  }),
})

/**
 * Forward-auth: a gateway asks before it lets a request pass, by the request's own method and below
 * `/verify` its own path where the gateway cannot do else (Envoy, Istio, Emissary). It answers 200:
 * Envoy takes nothing else for a yes. Every caller gets the user id; openid and unionid go only to a
 * gateway that proves itself with the internal token. All four headers are always there, empty where
 * there is nothing to say: a gateway that copies them overwrites what a client made up.
 */
export const verifyEndpoint: Endpoint = {
  isForGateways: true,
  topic: 'gateway',
  words: {
    summary: { zh: '供网关转发鉴权', en: 'Forward-auth for a gateway.' },
    answer: {
      zh: '后两个在没有出示正确的 `X-Internal-Token` 时为空',
      en: 'the last two are empty without the right `X-Internal-Token`',
    },
  },
  request: {
    headers: z.object({
      'x-internal-token': told(z.string().optional(), {
        zh: '网关自己的凭据（INTERNAL_TOKEN）',
        en: 'The gateway’s own credential (INTERNAL_TOKEN).',
      }),
    }),
  },
  answer: { status: 200, headers: verifyHeaders },
  errors: [],
  handle(req, res, { showsInternalToken }) {
    const { userId, appid, openid, unionid } = loginOf(req)
    const isTrusted = showsInternalToken(req)
    sendEmpty(req, res, {
      'X-User-Id': userId,
      'X-Appid': appid,
      'X-Openid': isTrusted ? headerText(openid) : '',
      'X-Unionid': isTrusted ? headerText(unionid ?? '') : '',
    })
  },
}

/**
 * A text as a header's value. WeChat's ids are letters, digits, `-` and `_` today. Any other
 * character is percent-encoded as in a URL: Node throws at one above U+00FF, and gateways read the
 * bytes from U+0080 on in different ways. `%` is encoded too, so that no two ids give one value.
 */
export function headerText(text: string): string {
  return text.replace(/[^\x21-\x24\x26-\x7e]+/g, odd =>
    [...Buffer.from(odd)]
      .map(byte => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`)
      .join(''),
  )
}
