/**
 * What a client does next. `login`: call `wx.login` for a new code. `tap_again`: have the user tap the
 * button again, for only that brings a new phone code.
 */
export type Action =
  | 'none'
  | 'retry'
  | 'wait'
  | 'login'
  | 'tap_again'
  | 'fix_request'
  | 'contact_admin'

interface Entry {
  readonly status: number
  readonly action: Action
  readonly zh: string
  readonly en: string
  /** Seconds for `Retry-After` where the error itself knows no better figure. */
  readonly retryAfter?: number
}

/** Every error this service answers with. The key is the contract for programs; texts may change. */
export const ERRORS = {
  invalid_json: {
    status: 400,
    action: 'fix_request',
    zh: '请求体不是合法的 JSON 对象',
    en: 'The request body is not a valid JSON object.',
  },
  invalid_request: {
    status: 400,
    action: 'fix_request',
    zh: '请求格式不正确',
    en: 'The request is malformed.',
  },
  code_missing: {
    status: 400,
    action: 'fix_request',
    zh: '缺少登录凭证 code，请先调用 wx.login',
    en: 'The login code is missing: call wx.login first.',
  },
  code_invalid: {
    status: 400,
    action: 'login',
    zh: '登录凭证无效或已过期，请重新登录',
    en: 'The login code is invalid or has expired.',
  },
  code_used: {
    status: 400,
    action: 'login',
    zh: '登录凭证已被使用，请重新登录',
    en: 'The login code was already used.',
  },
  phone_code_missing: {
    status: 400,
    action: 'fix_request',
    zh: '缺少手机号 code：请发送手机号按钮回调中的 e.detail.code',
    en: 'The phone code is missing: send the phone button’s e.detail.code.',
  },
  phone_code_invalid: {
    status: 400,
    action: 'tap_again',
    zh: '手机号 code 无效、已过期、已被使用或属于他人，请再次点击手机号按钮（wx.login 的 code 在这里无效）',
    en: 'The phone code is invalid, expired, used or another user’s: tap the phone button again. A code of wx.login is not valid here.',
  },
  phone_code_used: {
    status: 400,
    action: 'tap_again',
    zh: '手机号 code 已被使用，请再次点击手机号按钮',
    en: 'The phone code was already used: tap the phone button again.',
  },
  unknown_appid: {
    status: 400,
    action: 'fix_request',
    zh: '未配置该小程序的 appid',
    en: 'This appid is not one of the configured mini programs.',
  },
  data_undecryptable: {
    status: 400,
    action: 'fix_request',
    zh: '数据无法解开：格式、水印或签名不对，请重新获取一次数据',
    en: 'The data cannot be opened: its form, watermark or signature is wrong.',
  },
  token_missing: {
    status: 401,
    action: 'login',
    zh: '缺少登录令牌',
    en: 'The token is missing.',
  },
  token_invalid: {
    status: 401,
    action: 'login',
    zh: '登录令牌无效，请重新登录',
    en: 'The token is not valid.',
  },
  token_expired: {
    status: 401,
    action: 'login',
    zh: '登录令牌已过期，请重新登录',
    en: 'The token has expired.',
  },
  session_ended: {
    status: 401,
    action: 'login',
    zh: '登录已失效，请重新登录',
    en: 'The session has ended.',
  },
  internal_token_invalid: {
    status: 401,
    action: 'contact_admin',
    zh: '凭据缺失或不对，须与本服务的 INTERNAL_TOKEN 相同',
    en: 'The credential is missing or wrong: send the INTERNAL_TOKEN of this service.',
  },
  user_blocked: {
    status: 403,
    action: 'none',
    zh: '微信判定该用户风险较高，拒绝登录',
    en: 'WeChat refuses the login of this user.',
  },
  user_disabled: {
    status: 403,
    action: 'contact_admin',
    zh: '该用户已被停用，请联系管理员',
    en: 'The user is disabled.',
  },
  login_refused: {
    status: 403,
    action: 'none',
    zh: '不允许该用户登录',
    en: 'This user may not log in.',
  },
  not_found: {
    status: 404,
    action: 'fix_request',
    zh: '没有这个接口',
    en: 'There is no such route.',
  },
  method_not_allowed: {
    status: 405,
    action: 'fix_request',
    zh: '该接口不支持这种请求方法',
    en: 'This route does not take this method.',
  },
  request_timeout: {
    status: 408,
    action: 'fix_request',
    zh: '请求超时，数据未按时到齐',
    en: 'The request took too long to arrive.',
  },
  session_key_stale: {
    status: 409,
    action: 'login',
    zh: '已知的 session_key 都解不开该数据，请重新登录，再获取一次数据',
    en: 'No known session_key opens the data: log in again, then ask WeChat for the data again.',
  },
  body_too_large: {
    status: 413,
    action: 'fix_request',
    zh: '请求体超过 16 KB',
    en: 'The request body is larger than 16 KB.',
  },
  unsupported_media_type: {
    status: 415,
    action: 'fix_request',
    zh: '请求体须为 application/json（UTF-8，不压缩）',
    en: 'The request body must be application/json in UTF-8, not compressed.',
  },
  rate_limited: {
    status: 429,
    action: 'wait',
    zh: '请求太频繁，请稍后再试',
    en: 'Too many requests.',
    retryAfter: 60,
  },
  headers_too_large: {
    status: 431,
    action: 'fix_request',
    zh: '请求头过大',
    en: 'The request headers are too large.',
  },
  internal: {
    status: 500,
    action: 'retry',
    zh: '服务器内部错误',
    en: 'Something went wrong on our side.',
  },
  misconfigured: {
    status: 500,
    action: 'contact_admin',
    zh: '服务端配置有误，请联系管理员',
    en: 'The service is misconfigured: its log names the setting.',
  },
  wechat_bad_answer: {
    status: 502,
    action: 'login',
    zh: '微信返回了无法识别的结果，请重新登录',
    en: 'WeChat gave an answer that cannot be used.',
  },
  wechat_unavailable: {
    status: 503,
    action: 'login',
    zh: '暂时连不上微信，请重新登录',
    en: 'WeChat cannot be reached right now.',
    retryAfter: 2,
  },
  wechat_quota: {
    status: 503,
    action: 'login',
    zh: '微信接口调用超限，请稍后重新登录',
    en: "WeChat's call quota is used up for now.",
    retryAfter: 60,
  },
  store_unavailable: {
    status: 503,
    action: 'wait',
    zh: '存储暂时不可用，请稍后再试',
    en: 'The store is unavailable right now.',
    retryAfter: 1,
  },
  overloaded: {
    status: 503,
    action: 'wait',
    zh: '服务繁忙，请稍后再试',
    en: 'The service is overloaded.',
    retryAfter: 1,
  },
  shutting_down: {
    status: 503,
    action: 'wait',
    zh: '服务正在重启，请稍后再试',
    en: 'The service is shutting down.',
    retryAfter: 2,
  },
  wechat_timeout: {
    status: 504,
    action: 'login',
    zh: '等待微信超时，请重新登录',
    en: 'WeChat did not answer in time.',
  },
} as const satisfies Record<string, Entry>

export type ErrorCode = keyof typeof ERRORS

/** Whether a string, say one read back from a store, names one of our errors. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value)
}

/** One message in both languages. */
export interface ErrorText {
  readonly zh: string
  readonly en: string
}

export interface LoginErrorOptions {
  /** Name of the offending field or header; never its value. */
  field?: string
  /** Seconds until another try makes sense. */
  retryAfter?: number
  /** The errcode that WeChat gave. */
  wxErrcode?: number
  /** WeChat's own id of the request, for the log only. */
  wxRid?: string | undefined
  /** Methods for the `Allow` header of a 405. */
  allow?: string
  /** Says it better where the general text would mislead. */
  text?: ErrorText
  /** What to do next, where it is not what the table says. */
  action?: Action
  /** For the log only: what happened, in a word or two, without any input or secret. */
  reason?: string
  /** For the log only: our id of the user whom it is about, where that is known by then. */
  userId?: string | undefined
}

/** The JSON body of a failure, see README 错误. */
export interface ErrorBody {
  error: ErrorCode
  message: string
  message_en: string
  action: Action
  retry_after: number | null
  request_id: string
  field?: string
  wx_errcode?: number
}

/**
 * The one base class of every failure that a caller can see. It carries its HTTP answer, so that
 * whoever catches it decides nothing. Switch on `code`.
 */
export class LoginError extends Error {
  override readonly name: string = 'LoginError'
  readonly code: ErrorCode
  readonly status: number
  readonly action: Action
  readonly field: string | undefined
  readonly retryAfter: number | undefined
  readonly wxErrcode: number | undefined
  readonly wxRid: string | undefined
  readonly allow: string | undefined
  readonly reason: string | undefined
  readonly userId: string | undefined
  readonly #options: LoginErrorOptions
  readonly #text: ErrorText

  constructor(code: ErrorCode, options: LoginErrorOptions = {}) {
    const entry: Entry = ERRORS[code]
    const text = options.text ?? entry
    super(text.en)
    this.#options = options
    this.#text = text
    this.code = code
    this.status = entry.status
    this.action = options.action ?? entry.action
    this.field = options.field
    this.retryAfter = options.retryAfter ?? entry.retryAfter
    this.wxErrcode = options.wxErrcode
    this.wxRid = options.wxRid
    this.allow = options.allow
    this.reason = options.reason
    this.userId = options.userId
  }

  /** The same failure in other words, for a route where the general ones would mislead. */
  saying(words: Pick<LoginErrorOptions, 'text' | 'action' | 'reason' | 'userId'>): LoginError {
    return new LoginError(this.code, { ...this.#options, ...words })
  }

  /** The answer's JSON body; both languages, no stack, nothing of the input. */
  body(requestId: string): ErrorBody {
    const { zh, en } = this.#text
    return {
      error: this.code,
      message: this.field ? `${zh}（${this.field}）` : zh,
      message_en: this.field ? `${en} (${this.field})` : en,
      action: this.action,
      retry_after: this.retryAfter ?? null,
      request_id: requestId,
      ...(this.field !== undefined && { field: this.field }),
      ...(this.wxErrcode !== undefined && { wx_errcode: this.wxErrcode }),
    }
  }
}
