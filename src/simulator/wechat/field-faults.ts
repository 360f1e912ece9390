import type { Answer } from '../core/answer'
import { changing, type NamedFaults } from '../core/named-faults'
import { refuse } from './answers'

type Fields = Record<string, unknown>

/** Changes the fields of a success. A refusal and a 404 stay as they are. */
const withFields = (changed: Fields | ((fields: Fields) => Fields)) =>
  changing(answer => {
    if (answer.errcode !== undefined || answer.status !== 200) return answer
    const fields = JSON.parse(String(answer.body)) as Fields
    const changes = typeof changed === 'function' ? changed(fields) : changed
    return { ...answer, body: JSON.stringify({ ...fields, ...changes }) }
  })

const FOREIGN_WATERMARK = { watermark: { timestamp: 1_700_000_000, appid: 'wxffffffffffffffff' } }

/** WeChat's answer arrives with other fields than it should have. The code is spent. */
export const FIELD_FAULTS = {
  /* An honest client must still accept these. */
  /** A success with errcode 0 and errmsg "ok", as the sample of WeChat's page shows it. */
  errcodezero: withFields({ errcode: 0, errmsg: 'ok' }),
  /** The same with errcode "0". */
  errcodezerostring: withFields({ errcode: '0', errmsg: 'ok' }),
  /** A success with one more field, "expires_in": 7200 (seen at a login). */
  expiresin: withFields(fields => ({ expires_in: 7200, ...fields })),

  /* A client must not take these for a success. */
  /** A byte 0xFF inside the openid. */
  badutf8: changing(breakUtf8),
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
  /** The watermark of phone_info names another app. */
  foreignwatermark: withFields(({ phone_info: info }) =>
    typeof info === 'object' ? { phone_info: { ...info, ...FOREIGN_WATERMARK } } : {},
  ),
  /** Every field of a success beside errcode 40029. */
  errcodewithopenid: withFields({ errcode: 40029, errmsg: 'invalid code' }),
  /** errcode as a string, as an official sample has it: "40029" in place of a success. */
  errcodestring: changing((answer, call) => refuse(call, String(answer.errcode ?? 40029))),

  /* These are logins of users with nasty names. */
  /** An openid with characters above U+00FF, which no header can carry as they are. */
  openidwide: withFields({ openid: 'oSIM微信Ā😀' }),
  /** An openid with quotes, SQL, a NUL and line breaks. */
  openidhostile: withFields({ openid: `oSIM'); DROP TABLE users; --"\u0000\r\n\u2028` }),
} satisfies NamedFaults

/** The byte goes into the openid, if there is one: a lenient decoder would let it through. */
function breakUtf8(answer: Answer): Answer {
  const body = Buffer.from(answer.body)
  const at = Math.max(body.indexOf('oSIM'), 0) + 2
  return {
    ...answer,
    body: Buffer.concat([body.subarray(0, at), Buffer.of(0xff), body.subarray(at)]),
  }
}
