import type { Failure } from './platform'

/** What to do next; `login`: call `login()`; `tap_again`: have the user tap the button again. */
export type Action =
  | 'none'
  | 'retry'
  | 'wait'
  | 'login'
  | 'tap_again'
  | 'fix_request'
  | 'contact_admin'

/** The names of the server's errors, `network` when nothing came back, `user_denied`. */
export type LoginClientErrorCode =
  | 'network'
  | 'user_denied'
  | 'invalid_json'
  | 'invalid_request'
  | 'code_missing'
  | 'code_invalid'
  | 'code_used'
  | 'phone_code_missing'
  | 'phone_code_invalid'
  | 'phone_code_used'
  | 'unknown_appid'
  | 'data_undecryptable'
  | 'session_key_stale'
  | 'token_missing'
  | 'token_invalid'
  | 'token_expired'
  | 'session_ended'
  | 'internal_token_invalid'
  | 'user_blocked'
  | 'user_disabled'
  | 'login_refused'
  | 'not_found'
  | 'method_not_allowed'
  | 'request_timeout'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'headers_too_large'
  | 'rate_limited'
  | 'internal'
  | 'misconfigured'
  | 'wechat_bad_answer'
  | 'wechat_unavailable'
  | 'wechat_quota'
  | 'store_unavailable'
  | 'overloaded'
  | 'shutting_down'
  | 'wechat_timeout'

export interface LoginClientErrorFields {
  code: LoginClientErrorCode
  action: Action
  status?: number
  requestId?: string | undefined
  retryAfter?: number | undefined
}

/** Every failure of the client. Switch on `code`; `message` is Chinese and may be shown. */
export class LoginClientError extends Error {
  readonly code: LoginClientErrorCode
  readonly action: Action
  /** The HTTP status; 0 when no answer came. */
  readonly status: number
  /** What the server's log has under the same id. */
  readonly requestId: string | undefined
  /** Seconds until another try makes sense, where the server names them. */
  readonly retryAfter: number | undefined

  constructor(message: string, fields: LoginClientErrorFields) {
    super(message)
    this.name = 'LoginClientError'
    this.code = fields.code
    this.action = fields.action
    this.status = fields.status || 0
    this.requestId = fields.requestId
    this.retryAfter = fields.retryAfter
  }
}

/** An answer as far as errors need it. */
export interface Answer {
  readonly statusCode: number
  readonly data: unknown
}

interface ErrorBody {
  readonly error?: LoginClientErrorCode
  readonly action?: Action
  readonly message?: string
  readonly request_id?: string
  readonly retry_after?: number | null
}

/** The server's refusal; of an answer that is not the server's, that it isn't. */
export function errorOfAnswer({ statusCode: status, data }: Answer): LoginClientError {
  const body: ErrorBody = (typeof data === 'object' && data) || {}
  if (!body.error) {
    return new LoginClientError(`登录服务的应答无法识别（HTTP ${status}），请检查 baseUrl`, {
      code: 'internal',
      action: 'retry',
      status,
    })
  }
  return new LoginClientError(body.message || body.error, {
    code: body.error,
    action: body.action || 'none',
    status,
    requestId: body.request_id,
    retryAfter: body.retry_after || undefined,
  })
}

/** A `fail`: nothing came back. WeChat's own words are what a developer needs to read. */
export function networkError(failure: Failure): LoginClientError {
  const words = failure.errMsg || failure.message
  return new LoginClientError(`网络连接失败，请稍后再试${words ? `（${words}）` : ''}`, {
    code: 'network',
    action: 'retry',
    status: failure.statusCode || 0,
  })
}
