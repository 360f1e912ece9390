import { type ErrorCode, LoginError } from '../errors'

interface Meaning {
  readonly code: ErrorCode
  /** What the operator does about it; for the log. */
  readonly hint?: string
}

const SECRET_HINT =
  'compare WX_SECRET / WX_APPS with 开发管理 → 开发设置 in the mini program’s console'
const APPID_HINT = 'compare WX_APPID / WX_APPS with the appid in the mini program’s console'
const ACCOUNT_HINT = 'the mini program’s account is frozen, cancelled or lacks this permission'
const OUR_REQUEST_HINT = 'WeChat did not understand our request: please report this as a bug'

/** WeChat's errcodes on the login path, see docs/errors.md; any other is `wechat_bad_answer`. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  [-1]: { code: 'wechat_unavailable' },
  40001: { code: 'misconfigured', hint: SECRET_HINT },
  40002: { code: 'misconfigured', hint: OUR_REQUEST_HINT },
  40013: { code: 'misconfigured', hint: APPID_HINT },
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
  41002: { code: 'misconfigured', hint: APPID_HINT },
  41004: { code: 'misconfigured', hint: SECRET_HINT },
  41008: { code: 'misconfigured', hint: OUR_REQUEST_HINT },
  42003: { code: 'code_invalid' },
  45009: { code: 'wechat_quota' },
  45011: { code: 'wechat_quota' },
  48001: { code: 'misconfigured', hint: ACCOUNT_HINT },
  48004: { code: 'misconfigured', hint: ACCOUNT_HINT },
  50002: { code: 'misconfigured', hint: ACCOUNT_HINT },
  50004: { code: 'misconfigured', hint: ACCOUNT_HINT },
  50007: { code: 'misconfigured', hint: ACCOUNT_HINT },
}

/** WeChat answered, and the answer was no. */
export class WxRefused extends LoginError {
  override readonly name = 'WxRefused'
  /** WeChat's request id, what its support asks for; seconds since 1970 in hex come first. */
  readonly rid: string | undefined
  readonly hint: string | undefined

  constructor(errcode: number, errmsg: unknown, nowMs: number) {
    const meaning = MEANINGS[errcode] ?? { code: 'wechat_bad_answer' as const }
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
 * for a success, which carries none or 0; NaN for one that is neither.
 */
export function errcodeOf(value: unknown): number | undefined {
  if (value === undefined || value === 0 || value === '0') return undefined
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : Number.NaN
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
