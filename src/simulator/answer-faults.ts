import { gzipSync } from 'node:zlib'

import { type Answer, refuse } from './answer'
import type { RecordedCall } from './call'
import { REDIRECT_TARGET } from './endpoints'
import type { AnswerFault, ForeignFault } from './faults'

type Fields = Record<string, unknown>

const withBody = (answer: Answer, body: string | Buffer): Answer => ({ ...answer, body })
const withHeader = (answer: Answer, name: string, value: string): Answer => ({
  ...answer,
  headers: { ...answer.headers, [name]: value },
})
/** Changes the fields of a success; anything else has none of them and stays as it is. */
const withFields =
  (changed: Fields | ((fields: Fields) => Fields)) =>
  (answer: Answer): Answer => {
    if (answer.errcode !== undefined || answer.status !== 200) return answer
    const fields = JSON.parse(String(answer.body)) as Fields
    const changes = typeof changed === 'function' ? changed(fields) : changed
    return withBody(answer, JSON.stringify({ ...fields, ...changes }))
  }
const FOREIGN_WATERMARK = { watermark: { timestamp: 1_700_000_000, appid: 'wxffffffffffffffff' } }

/** What each fault makes of WeChat's real answer. */
export const ANSWER_FAULTS: Readonly<
  Record<AnswerFault, (answer: Answer, call: RecordedCall) => Answer>
> = {
  textplain: answer => withHeader(answer, 'Content-Type', 'text/plain'),
  json: answer => withHeader(answer, 'Content-Type', 'application/json; charset=utf-8'),
  gzip: answer => withHeader(withBody(answer, gzipSync(answer.body)), 'Content-Encoding', 'gzip'),
  bom: answer => withBody(answer, `\uFEFF${answer.body}`),
  errcodezero: withFields({ errcode: 0, errmsg: 'ok' }),
  errcodezerostring: withFields({ errcode: '0', errmsg: 'ok' }),
  expiresin: withFields(fields => ({ expires_in: 7200, ...fields })),

  empty: answer => withBody(answer, ''),
  null: answer => withBody(answer, 'null'),
  array: answer => withBody(answer, '[]'),
  emptyobject: answer => withBody(answer, '{}'),
  truncated: answer => withBody(answer, half(answer)),
  trailing: answer => withBody(answer, `${answer.body}\n<!-- trailing -->`),
  badutf8: answer => {
    const body = Buffer.from(answer.body)
    // Inside the openid, if there is one: a lenient decoder would let a stranger's name through.
    const at = Math.max(body.indexOf('oSIM'), 0) + 2
    return withBody(
      answer,
      Buffer.concat([body.subarray(0, at), Buffer.of(0xff), body.subarray(at)]),
    )
  },
  badgzip: answer => withHeader(answer, 'Content-Encoding', 'gzip'),
  noopenid: withFields({ openid: undefined }),
  openidempty: withFields({ openid: '' }),
  openidnumber: withFields({ openid: 12345 }),
  openidnull: withFields({ openid: null }),
  nosessionkey: withFields({ session_key: undefined }),
  sessionkeyempty: withFields({ session_key: '' }),
  sessionkeynumber: withFields({ session_key: 12345 }),
  unionidnumber: withFields({ unionid: 12345 }),
  noaccesstoken: withFields({ access_token: undefined }),
  accesstokenempty: withFields({ access_token: '' }),
  noexpiresin: withFields({ expires_in: undefined }),
  nophoneinfo: withFields({ phone_info: undefined }),
  foreignwatermark: withFields(({ phone_info: info }) =>
    typeof info === 'object' ? { phone_info: { ...info, ...FOREIGN_WATERMARK } } : {},
  ),
  errcodewithopenid: withFields({ errcode: 40029, errmsg: 'invalid code' }),
  errcodestring: (answer, call) => refuse(call, String(answer.errcode ?? 40029)),
  openidhostile: withFields({ openid: `oSIM'); DROP TABLE users; --"\u0000\r\n\u2028` }),
}

const html = (status: number, title: string): Answer => ({
  status,
  headers: { 'Content-Type': 'text/html' },
  body: `<html>\r\n<head><title>${title}</title></head>\r\n<body><h1>${title}</h1></body>\r\n</html>\r\n`,
})

/** What stands before WeChat answers in its place. */
export const FOREIGN_FAULTS: Readonly<Record<ForeignFault, (url: string) => Answer>> = {
  html200: () => html(200, 'Sign in to this network'),
  html500: () => html(500, '500 Internal Server Error'),
  html502: () => html(502, '502 Bad Gateway'),
  html503: () => html(503, '503 Service Temporarily Unavailable'),
  html504: () => html(504, '504 Gateway Time-out'),
  status429: () => ({
    status: 429,
    headers: { 'Content-Type': 'text/plain', 'Retry-After': '30' },
    body: 'Too Many Requests',
  }),
  redirect: url => ({ status: 302, headers: { Location: `${url}${REDIRECT_TARGET}` }, body: '' }),
}

/** The first half of the body's bytes. */
export function half(answer: Answer): Buffer {
  const body = Buffer.from(answer.body)
  return body.subarray(0, Math.floor(body.length / 2))
}
