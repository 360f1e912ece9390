import type { KillOptions } from './access-tokens'
import type { Apps, SimulatedUser } from './accounts'
import type { RecordedCall } from './call'
import type { FaultOptions } from './fault-queue'
import type { Fault } from './faults'
import type {
  EncryptedData,
  PhoneNumberOptions,
  SignedUserInfo,
  UserInfoOptions,
} from './open-data'
import type { PhoneGrant } from './phone-codes'

/** How the simulated WeChat is set up. */
export interface SimulatorOptions {
  /**
   * appid -> AppSecret, or the two that are valid while it is being changed. The first is the
   * default app. Default: {@link SIMULATOR_APP} alone.
   */
  apps?: Apps
  /** The clock, ms since 1970. Default: `Date.now`. */
  now?: () => number
  /**
   * What to do with a code that was never minted here. `refuse` (default): 40029. `adopt`: one that
   * looks real counts, at first sight, as a fresh code of the user `devtools`, so that a real mini
   * program in WeChat DevTools can log in.
   */
  unknownCodes?: 'refuse' | 'adopt'
  /** How long each answer of a WeChat path waits, ms. The code is spent before. Default 0. */
  latencyMs?: number
  /** How many calls are kept, the newest. Default 100,000. */
  maxCalls?: number
}

/** A WeChat of our own, over HTTP. */
export interface Simulator {
  /**
   * Starts to listen, by default on 127.0.0.1 and a free port.
   * @returns the base URL, without a slash at its end
   * @throws what node:net throws, e.g. EADDRINUSE
   */
  listen(options?: { port?: number; host?: string }): Promise<string>
  /** The base URL. @throws Error when it does not listen */
  readonly url: string
  /**
   * What wx.login gives the mini program: 32 random alphanumerics, good for one login within 5
   * minutes. Default: the first app and the user `alice`.
   * @throws TypeError when the app is unknown
   */
  mintCode(options?: { appid?: string; user?: string }): string
  /**
   * What the phone button gives the mini program: 64 hex characters, good for one call of
   * getuserphonenumber within 5 minutes. `phoneNumber` is without the country code, which is `86`
   * unless given. Default: the first app, the user `alice` and the number that the user has here.
   * @throws TypeError when the app is unknown
   */
  mintPhoneCode(options?: { appid?: string } & Partial<PhoneGrant>): string
  /**
   * WeChat revokes an app's access_tokens in the middle of their life: they are 40001 from now on.
   * `stable_token` gives a new one, or with `stillGiven` the dead one until a forced refresh.
   * @throws TypeError when the app is unknown
   */
  killAccessToken(appid?: string, options?: KillOptions): void
  /** An app's access_tokens have lived their two hours: 42001. @throws TypeError on an unknown app */
  expireAccessToken(appid?: string): void
  /** A user as an app (default: the first) sees them now. @throws TypeError on an unknown app */
  user(name: string, appid?: string): SimulatedUser
  /** Whether WeChat refuses this user's logins with 40226. `blocked` defaults to true. */
  blockUser(name: string, blocked?: boolean): void
  /**
   * Whether an app is bound to an Open Platform account, so that its logins carry a unionid.
   * Unbound at first. A user has one unionid in all the apps of one account, and another in those
   * of another `platform`. @throws TypeError when the app is unknown
   */
  setUnionidBound(appid: string, bound: boolean, platform?: string): void
  /**
   * The AppSecrets that are valid from now on, one or two. access_tokens stay good.
   * @throws TypeError when the app is unknown, or the secrets are none or more than two
   */
  setSecrets(appid: string, secrets: string | readonly string[]): void
  /**
   * WeChat replaces a user's session_key without a login that this server sees, as wx.login on the
   * phone may. @throws TypeError when the app is unknown
   */
  rotateSessionKey(name: string, appid?: string): SimulatedUser
  /** A user's session_key is dead, and has no successor. @throws TypeError on an unknown app */
  expireSessionKey(name: string, appid?: string): void
  /**
   * What wx.getUserInfo gives the mini program, made with the user's session_key.
   * @throws Error when the user has no session_key: there was no login yet
   */
  encryptUserInfo(options?: UserInfoOptions): SignedUserInfo
  /** What the phone button gave before it gave codes. @throws as {@link encryptUserInfo} */
  encryptPhoneNumber(options?: PhoneNumberOptions): EncryptedData
  /**
   * The next calls of WeChat paths go wrong. Faults wait in line, each for its own calls.
   * @throws TypeError when the fault or an option is not one of those documented
   */
  fail(fault: Fault, options?: FaultOptions): void
  /** How often each API was called since the start or the last reset: path -> calls. */
  readonly counts: Readonly<Record<string, number>>
  /** Every request to a WeChat path, in order of arrival, unredacted. A live view. */
  readonly calls: readonly RecordedCall[]
  /**
   * Forgets calls, faults, codes and how much of a quota is used. Users, their session keys,
   * blocks, bindings and access_tokens stay.
   */
  reset(): void
  /** Stops, and breaks every connection, hung ones too. */
  close(): Promise<void>
}
