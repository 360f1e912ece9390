import { type ErrorCode, LoginError } from '../errors'

export interface Meaning {
  readonly code: ErrorCode
  /** What the operator does about it; for the log. */
  readonly hint?: string
}

const SECRET_HINT =
  'compare WX_SECRET / WX_APPS with 开发管理 → 开发设置 in the mini program’s console'
const APPID_HINT = 'compare WX_APPID / WX_APPS with the appid in the mini program’s console'
const ACCOUNT_HINT = 'the mini program’s account is frozen, cancelled or lacks this permission'
const CONFIRM_HINT =
  'an administrator of the mini program must confirm this server’s address in WeChat; refused, it is asked again after 1 or 24 hours'
const TOKEN_HINT =
  'WeChat refuses its own newest access_token: see the leak drill in docs/wechat.md if this lasts'
const OUR_REQUEST_HINT = 'WeChat did not understand our request: please report this as a bug'

/** WeChat's errcodes, see docs/wechat.md; any other is `wechat_bad_answer`. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  [-1]: { code: 'wechat_unavailable' },
  40001: { code: 'misconfigured', hint: SECRET_HINT },
  40002: { code: 'misconfigured', hint: OUR_REQUEST_HINT },
  40013: { code: 'misconfigured', hint: APPID_HINT },
  40014: { code: 'wechat_unavailable', hint: TOKEN_HINT },
  40029: { code: 'code_invalid' },
  40097: { code: 'misconfigured', hint: OUR_REQUEST_HINT },
  40125: { code: 'misconfigured', hint: SECRET_HINT },
  40163: { code: 'code_used' },
  40164: {
    code: 'misconfigured',
    hint: 'add this server’s outgoing IP address to IP 白名单 in the console, or switch that list off',
  },
  40226: { code: 'user_blocked' },
  40243: { code: 'misconfigured', hint: 'the AppSecret is frozen: unfreeze it in the console' },
  41001: { code: 'misconfigured', hint: OUR_REQUEST_HINT },
  41002: { code: 'misconfigured', hint: APPID_HINT },
  41004: { code: 'misconfigured', hint: SECRET_HINT },
  41008: { code: 'misconfigured', hint: OUR_REQUEST_HINT },
  42001: { code: 'wechat_unavailable', hint: TOKEN_HINT },
  42003: { code: 'code_invalid' },
  43002: { code: 'misconfigured', hint: OUR_REQUEST_HINT },
  44002: { code: 'misconfigured', hint: OUR_REQUEST_HINT },
  45009: { code: 'wechat_quota' },
  45011: { code: 'wechat_quota' },
  47001: { code: 'misconfigured', hint: OUR_REQUEST_HINT },
  48001: { code: 'misconfigured', hint: ACCOUNT_HINT },
  48004: { code: 'misconfigured', hint: ACCOUNT_HINT },
  50002: { code: 'misconfigured', hint: ACCOUNT_HINT },
  50004: { code: 'misconfigured', hint: ACCOUNT_HINT },
  50007: { code: 'misconfigured', hint: ACCOUNT_HINT },
  87008: { code: 'misconfigured', hint: OUR_REQUEST_HINT },
  89503: { code: 'misconfigured', hint: CONFIRM_HINT },
  89506: { code: 'misconfigured', hint: CONFIRM_HINT },
  89507: { code: 'misconfigured', hint: CONFIRM_HINT },
}

/** 40001 says two things: on a token fetch or a login that the AppSecret is wrong, elsewhere this. */
export const WITH_ACCESS_TOKEN: Readonly<Record<number, Meaning>> = {
  40001: { code: 'wechat_unavailable', hint: TOKEN_HINT },
}
const TOKEN_ERRCODES = new Set([40001, 40014, 42001])
const KEY_ERRCODES = new Set([87007, 87009])

/** WeChat answered, and the answer was no. */
export class WxRefused extends LoginError {
  override readonly name = 'WxRefused'
  /** WeChat's request id, what its support asks for; seconds since 1970 in hex come first. */
  readonly rid: string | undefined
  readonly hint: string | undefined

  /** @param special what some errcodes mean on this API, other than everywhere */
  constructor(
    errcode: number,
    errmsg: unknown,
    nowMs: number,
    special: Readonly<Record<number, Meaning>> = {},
  ) {
    const meaning = special[errcode] ?? MEANINGS[errcode] ?? { code: 'wechat_bad_answer' as const }
    super(meaning.code, {
      wxErrcode: errcode,
      reason: 'errcode',
      ...(meaning.code === 'wechat_quota' && { retryAfter: secondsToNextMinute(nowMs) }),
    })
    this.rid = ridOf(errmsg)
    this.hint = meaning.hint
  }
}

/** WeChat could not be asked, or what came back was no answer of its. */
export class WxUnreachable extends LoginError {
  override readonly name = 'WxUnreachable'
  /** Whether the request may have reached WeChat; if so the code may be burnt. */
  readonly sent: boolean

  constructor(
    code: 'wechat_unavailable' | 'wechat_timeout' | 'wechat_bad_answer' | 'wechat_quota',
    options: { sent: boolean; reason: string; retryAfter?: number },
  ) {
    super(code, options)
    this.sent = options.sent
  }
}

/**
 * The errcode of an answer as a number: WeChat's documents show it as a string too. `undefined`
 * for a success, which carries none or 0; NaN for one that is neither, or needs over 32 bits.
 */
export function errcodeOf(value: unknown): number | undefined {
  if (value === undefined || value === 0 || value === '0') return undefined
  if (typeof value === 'number') return Math.abs(value) < 2 ** 31 ? value : Number.NaN
  return typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : Number.NaN
}

/** Whether WeChat refused the access_token: it had not yet looked at the rest of the request. */
export function isTokenRefusal(error: unknown): boolean {
  return error instanceof WxRefused && TOKEN_ERRCODES.has(error.wxErrcode as number)
}

/** Whether WeChat says that a session_key is not valid: expired, replaced and wrong look alike. */
export function isKeyRefusal(error: unknown): boolean {
  return error instanceof WxRefused && KEY_ERRCODES.has(error.wxErrcode as number)
}

/** Only the rid is taken from `errmsg`: the rest may quote our IP address or appid. */
function ridOf(errmsg: unknown): string | undefined {
  if (typeof errmsg !== 'string') return undefined
  return /\brid:\s*([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})/.exec(errmsg)?.[1]
}

/** Minute quotas reset on the minute; a few seconds on top keep clients from returning at once. */
function secondsToNextMinute(nowMs: number): number {
  return 60 - (Math.floor(nowMs / 1000) % 60) + Math.floor(nowMs % 5)
}
