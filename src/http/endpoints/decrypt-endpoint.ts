import { z } from 'zod'
import { sendJson } from '../answer'
import { originOf } from '../context'
import type { Endpoint } from '../endpoint'
import { loginOf } from '../found-login'
import { bodyOf } from '../json-body'
import { told } from '../openapi/json-schema'
import { openDataFields } from '../request-fields'

const IDENTITY = /^(open|union)id$/i

/** WeChat's object under WeChat's names, without the openId and unionId of user data. */
const decryptAnswer = told(
  z
    .record(z.string(), z.unknown())
    .refine(data => !Object.keys(data).some(name => IDENTITY.test(name))),
  {
    zh: '微信的对象，字段名也是微信的，没有 openId 与 unionId',
    en: 'WeChat’s object in WeChat’s names, without openId and unionId.',
    example: { nickName: '小明', avatarUrl: 'https://thirdwx.qlogo.cn/…' },
  },
)

export const decryptEndpoint: Endpoint = {
  topic: 'wechat',
  sdk: 'await login.decrypt(e.detail)',
  words: {
    summary: { zh: '解开微信加密或签名的数据', en: 'Opens what WeChat encrypted or signed.' },
    request: {
      zh: '`{encryptedData, iv}` 和/或 `{rawData, signature}`',
      en: '`{encryptedData, iv}` and/or `{rawData, signature}`',
    },
    answer: {
      zh: '解开的对象，没有 `openId`、`unionId`',
      en: 'the decrypted object without `openId` and `unionId`',
    },
  },
  request: { body: openDataFields },
  answer: { status: 200, body: decryptAnswer },
  errors: [
    'invalid_request',
    'data_undecryptable',
    'session_key_stale',
    'store_unavailable',
    'overloaded',
  ],
  async handle(req, res, parts) {
    const data = await parts.decrypt(loginOf(req), bodyOf(req), originOf(req))
    const shown = Object.entries(data).filter(([name]) => !IDENTITY.test(name))
    sendJson(req, res, 200, Object.fromEntries(shown))
  },
}
