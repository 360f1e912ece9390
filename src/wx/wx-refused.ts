import { LoginError } from '../errors'
import { MEANINGS, type Meaning, type Meanings } from './errcode'

export interface WxRefusedOptions {
  /** WeChat's text, as it came. */
  readonly errmsg: unknown
  /** Milliseconds since 1970. */
  readonly now: number
  /** Errcodes that mean something else on this API than on the others. */
  readonly special?: Meanings | undefined
}

const TOKEN_ERRCODES: readonly unknown[] = [40001, 40014, 42001]
const SESSION_KEY_ERRCODES: readonly unknown[] = [87007, 87009]
const APP_SECRET_ERRCODE = 40125

/** WeChat answered, and the answer was no. */
export class WxRefused extends LoginError {
  override readonly name = 'WxRefused'
  /** What the operator does about it. */
  readonly fix: string | undefined

  constructor(errcode: number, { errmsg, now, special = {} }: WxRefusedOptions) {
    const known: Meaning | undefined = special[errcode] ?? MEANINGS[errcode]
    const meaning: Meaning = known ?? { code: 'wechat_bad_answer' }
    super(meaning.code, {
      wxErrcode: errcode,
      wxRid: ridOf(errmsg),
      reason: 'errcode',
      ...(meaning.code === 'wechat_quota' && { retryAfter: secondsToNextMinute(now) }),
    })
    this.fix = meaning.fix?.en
  }
}

/** Whether WeChat refused the access_token. It had not yet looked at the rest of the request. */
export function isTokenRefusal(error: unknown): boolean {
  return error instanceof WxRefused && TOKEN_ERRCODES.includes(error.wxErrcode)
}

/** Whether WeChat says that a session_key is not valid: expired, replaced and wrong look alike. */
export function isSessionKeyRefusal(error: unknown): boolean {
  return error instanceof WxRefused && SESSION_KEY_ERRCODES.includes(error.wxErrcode)
}

/** Whether WeChat says that the AppSecret is wrong. */
export function isAppSecretRefusal(error: unknown): boolean {
  return error instanceof WxRefused && error.wxErrcode === APP_SECRET_ERRCODE
}

/**
 * The id of the request. Its first 8 digits are seconds since 1970 in hex. Nothing else is taken
 * from `errmsg`: the rest may quote our IP address or appid.
 */
function ridOf(errmsg: unknown): string | undefined {
  if (typeof errmsg !== 'string') return undefined
  return /\brid:\s*([0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8})/.exec(errmsg)?.[1]
}

/**
 * WeChat's quotas of a minute start anew on the minute. The 0 to 4 seconds on top spread the
 * clients, which would otherwise all return in the same second.
 */
function secondsToNextMinute(nowMs: number): number {
  return 60 - (Math.floor(nowMs / 1000) % 60) + Math.floor(nowMs % 5)
}
