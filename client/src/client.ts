import type { ButtonDetail } from './button-detail'
import type { TokenAnswer } from './held-token'
import type { LoginClientErrorCode } from './login-client-error'
import type { Platform } from './platform'
import type { CallOptions } from './send'
import type { RequestResult } from './server'

export interface ClientOptions {
  /** Where the login service is, path included: `https://api.example.com`. */
  baseUrl: string
  /** `wx`, `uni`, `Taro`, `tt`; the global `wx` by default. */
  wx?: Platform
  /** Which of the server's mini programs this is; its first one by default. */
  appid?: string
  /** Where the token is kept; by default a key with the baseUrl in it. */
  storageKey?: string
  /** Of one request of the client's own (login, renewal, check …); 10,000 by default. */
  timeoutMs?: number
  /** Hears when somebody is logged in or no longer is. */
  onChange?: (state: { isLoggedIn: boolean }) => void
}

/** `wx.request`'s own options. */
export interface RequestOptions<T = unknown> {
  /** An address, or a path under baseUrl. */
  url: string
  data?: string | object | ArrayBuffer
  header?: object
  method?: 'OPTIONS' | 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'TRACE' | 'CONNECT'
  /** Milliseconds. */
  timeout?: number
  dataType?: string
  responseType?: string
  success?(result: RequestResult<T>): void
  fail?(error: object): void
  complete?(result: object): void
  /** Whatever else the platform takes. */
  [option: string]: unknown
}

/** `/checklogin`'s answer. */
export interface LoginState {
  readonly is_login: boolean
  /** Seconds. */
  readonly expires_in: number
  readonly session_key: 'fresh' | 'unknown' | 'replaced'
  readonly next: 'none' | 'renew' | 'login'
  readonly reason?: LoginClientErrorCode
}

export interface Profile {
  readonly id: string
  readonly appid: string
  readonly nickname: string | null
  readonly avatar_url: string | null
  readonly phone_number: string | null
  readonly created_at: string
  readonly last_login_at: string
}

/** null clears a field; an absent one stays as it is. */
export interface ProfileFields {
  nickname?: string | null
  avatar_url?: string | null
  /** WeChat's own spellings. */
  nickName?: string | null
  avatarUrl?: string | null
}

export interface PhoneNumber {
  readonly phone_number: string
  readonly pure_phone_number: string
  readonly country_code: string
}

export interface Session {
  readonly id: string
  readonly is_current: boolean
  readonly created_at: string
  readonly expires_at: string
}

/** Every failure is a LoginClientError, but for those of a wrapped function, which stay its own. */
export interface Client {
  /** `wx.request` as a promise, for any status, with the token where it belongs. */
  request<T = unknown>(options: RequestOptions<T>): Promise<RequestResult<T>>
  /** The same around another function of that kind. */
  wrap<O extends CallOptions, R>(call: (options: O) => PromiseLike<R>): (options: O) => Promise<R>
  wrap<O extends CallOptions>(call: (options: O) => unknown): (options: O) => Promise<RequestResult>
  /** Logs in, also where somebody is logged in already. */
  login(): Promise<TokenAnswer>
  /** Resolves when somebody is logged in. Reading it begins a login if that is needed. */
  readonly ready: Promise<void>
  /** Whether the server still takes the token. */
  check(): Promise<LoginState>
  /** From here on requests go without a token until `login()`. `all`: on all devices. */
  logout(options?: { all?: boolean }): Promise<void>
  /** By `e.detail` of the phone button. */
  phone(detail: ButtonDetail): Promise<PhoneNumber>
  /** By `e.detail`, or what an API of WeChat's encrypted. */
  decrypt<T = Record<string, unknown>>(data: ButtonDetail): Promise<T>
  me(): Promise<Profile>
  updateMe(fields: ProfileFields): Promise<Profile>
  sessions(): Promise<Session[]>
  endSession(id: string): Promise<void>
}
