import type { Origin } from '../events'
import type { Deadline } from '../upstream/deadline'

/**
 * What a login platform must do for the use cases; `wx/client.ts` happens to do it. The use cases
 * know a platform by this file alone.
 *
 * Each call may throw LoginError `unknown_appid`, `overloaded`, or one whose name begins with
 * `wechat_`, and one of the platform's own refusals such as `code_invalid`.
 */
export interface LoginPlatform {
  /**
   * Lets a login of the app in, or refuses it before anything is spent: no code is claimed and no
   * store is asked before.
   *
   * @throws LoginError `overloaded`, or `wechat_unavailable` while the platform does not answer
   */
  admitLogin(appid: string): LoginPass
  /** Whether the app's logins are refused because the platform does not answer. For metrics. */
  isBreakerOpen(appid: string): boolean
  /** Exchanges a login code. The code is spent whenever the request may have arrived. */
  exchangeCode(code: string, asking: Asking): Promise<PlatformUser>
  /** Exchanges a phone code. Each costs money and works once. */
  getPhoneNumber(phoneCode: string, asking: AskingForUser): Promise<PhoneNumber>
  /** Whether a session_key is the one that is valid for the user now. */
  checkSessionKey(sessionKey: string, asking: AskingForUser): Promise<boolean>
  /** Ends a session_key. Resolves to the new one, or to undefined if the old one was not valid. */
  resetSessionKey(sessionKey: string, asking: AskingForUser): Promise<string | undefined>
  /**
   * Checks of encrypted or signed data all that can be checked without a session_key.
   *
   * @throws LoginError `invalid_request`, or `data_undecryptable` when no session_key could open it
   */
  readOpenData(fields: OpenDataFields): OpenData
  /**
   * The app's access_token, or another one than the platform has just refused. `appid` may be left
   * out where there is only one app.
   */
  getAccessToken(appid: string | undefined, options?: AccessTokenOptions): Promise<AppAccessToken>
}

/** A login's place among those of its app, from its arrival to its end. */
export interface LoginPass {
  /** Does the work that asks the platform, in turn. What it throws of its own was never sent. */
  asking<T>(deadline: Deadline, work: () => Promise<T>): Promise<T>
  /** Gives the place back. To be called once the login is over, or asks nobody. */
  leave(): void
}

export interface Asking {
  readonly appid: string
  readonly origin: Origin
  /** By when the caller must have its answer. Default: the deadline of one call, from now. */
  readonly deadline?: Deadline | undefined
}

export interface AskingForUser extends Asking {
  readonly openid: string
}

/** What a platform tells of the user behind a login code. */
export interface PlatformUser {
  readonly openid: string
  /**
   * As received: base64 text of 16 bytes. It must not leave the server. Absent where a login brings
   * none.
   */
  readonly sessionKey?: string
  /** Absent means unknown, not none. */
  readonly unionid?: string
}

export interface PhoneNumber {
  /** As WeChat writes it: a foreign number begins with its country code. This one is stored. */
  readonly phoneNumber: string
  readonly purePhoneNumber: string
  readonly countryCode: string
}

/** What a mini program passes on from the platform, in the platform's own names. */
export type OpenDataFields = Readonly<
  Partial<Record<'encryptedData' | 'iv' | 'rawData' | 'signature', unknown>>
>

/** The platform's JSON object, as it comes. */
export type OpenedData = Readonly<Record<string, unknown>>

/** Well-formed data; which session_key opens it is still to be found out. */
export interface OpenData {
  /**
   * Opens the data with the first session_key that fits.
   *
   * @throws LoginError `session_key_stale` when none fits; `data_undecryptable` when one opens it
   *   and the watermark or the signature is wrong
   */
  open(keys: OpenDataKeys): OpenedData
}

export interface OpenDataKeys {
  /** Whose data it must be. */
  readonly appid: string
  readonly openid: string
  /** The session_keys to try, the likeliest first. */
  readonly sessionKeys: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: number
}

export interface AccessTokenOptions {
  /** A token that the platform has just refused. */
  readonly refused?: string | undefined
  readonly origin?: Origin | undefined
}

/** A platform's credential for its server APIs. */
export interface AppAccessToken {
  readonly appid: string
  readonly value: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}
