import { z } from 'zod'
import { sendJson } from '../answer'
import type { Endpoint } from '../endpoint'
import { told } from '../openapi/json-schema'

/**
 * How long others may keep the keys, in seconds. A rotation waits so long between publishing a key
 * and signing with it; a key that leaked is believed elsewhere so long after it was taken away.
 * Spring keeps a JWK Set for the same 5 minutes, whatever is said here.
 */
export const KEPT_SECONDS = 300

const publicKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: told(z.string().length(43), {
    zh: '公钥的横坐标，base64url',
    en: 'The x coordinate of the key, in base64url.',
    example: 'PUBLIC-KEY-X-PUBLIC-KEY-X-PUBLIC-KEY-X-PUBL',
  }),
  y: told(z.string().length(43), {
    zh: '公钥的纵坐标，base64url',
    en: 'The y coordinate of the key, in base64url.',
    example: 'PUBLIC-KEY-Y-PUBLIC-KEY-Y-PUBLIC-KEY-Y-PUBL',
  }),
  kid: told(z.string().length(43), {
    zh: '公钥的指纹（RFC 7638），令牌头里的 `kid`',
    en: 'The thumbprint of the key (RFC 7638): `kid` in the head of a token.',
    example: 'cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s',
  }),
  use: z.literal('sig'),
  alg: z.literal('ES256'),
})

/** The public halves of the keys that sign tokens, RFC 7517 section 5. */
export const publicKeysEndpoint: Endpoint = {
  words: {
    summary: {
      zh: '验签用的公钥（JWK Set），供别的服务离线验签',
      en: 'The public keys of tokens (JWK Set), for services that verify offline.',
    },
    answer: {
      zh: '可缓存 5 分钟；没有设置 `JWT_PRIVATE_KEY` 时没有这个接口',
      en: 'may be kept for 5 minutes; there is no such route without `JWT_PRIVATE_KEY`',
    },
  },
  request: {},
  answer: { status: 200, body: z.strictObject({ keys: z.array(publicKey).min(1) }) },
  errors: [],
  handle(req, res, { publicKeys }) {
    const headers = { 'Cache-Control': `public, max-age=${KEPT_SECONDS}` }
    sendJson(req, res, 200, { keys: publicKeys }, headers)
  },
}
