import type { PhoneGrant } from './phone-codes'
import {
  type EncryptedData,
  type PhoneNumberOptions,
  phoneNumber,
  type SignedUserInfo,
  type UserInfoOptions,
  userInfo,
} from './user-data'
import { DEFAULT_USER } from './users'
import type { WeChat } from './wechat'

/** What happens on the user's phone. */
export interface Phone {
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
   * What wx.getUserInfo gives the mini program, made with the user's session_key.
   * @throws Error when the user has no session_key: there was no login yet
   */
  encryptUserInfo(options?: UserInfoOptions): SignedUserInfo
  /** What the phone button gave before it gave codes. @throws as {@link encryptUserInfo} */
  encryptPhoneNumber(options?: PhoneNumberOptions): EncryptedData
}

/** The phones of the users of one WeChat. */
export function createPhone(wechat: WeChat): Phone {
  const { apps, codes, phoneCodes } = wechat
  return {
    mintCode: ({ appid, user = DEFAULT_USER } = {}) => codes.mint(apps.known(appid), user),
    mintPhoneCode: ({ appid, user = DEFAULT_USER, ...number } = {}) =>
      phoneCodes.mint(apps.known(appid), { user, ...number }),
    encryptUserInfo: (options = {}) => userInfo(wechat, apps.known(options.appid), options),
    encryptPhoneNumber: (options = {}) => phoneNumber(wechat, apps.known(options.appid), options),
  }
}
