import type { KillOptions } from './access-tokens'
import type { SimulatedUser } from './users'
import type { WeChat } from './wechat'

/** What WeChat, and the owner of a mini program in WeChat's console, may do. */
export interface Operator {
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
}

/** The operator of one WeChat. */
export function createOperator({ apps, users, accessTokens }: WeChat): Operator {
  return {
    killAccessToken: (appid, options) => accessTokens.kill(apps.known(appid), options),
    expireAccessToken: appid => accessTokens.expire(apps.known(appid)),
    user: (name, appid) => users.seenBy(apps.known(appid), name),
    blockUser: (name, blocked = true) => users.setBlocked(name, blocked),
    setUnionidBound(appid, bound, platform) {
      if (bound) apps.bind(apps.known(appid), platform)
      else apps.unbind(apps.known(appid))
    },
    setSecrets: (appid, secrets) => apps.setSecrets(apps.known(appid), secrets),
    rotateSessionKey: (name, appid) => users.rotateSessionKey(apps.known(appid), name),
    expireSessionKey: (name, appid) => users.expireSessionKey(apps.known(appid), name),
  }
}
