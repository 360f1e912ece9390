import { randomBytes } from 'node:crypto'

/** Milliseconds since 1970. */
export const NOW = 1_700_000_000_000
export const OWNER = { appid: 'wx0000000000000001', openid: 'oTEST0000000000000000000000A' }

export const newKey = () => randomBytes(16).toString('base64')
export const KEY = newKey()

export const watermark = { timestamp: NOW / 1000, appid: OWNER.appid }

/** What WeChat encrypts for the phone button, and for a user's profile. */
export const phone = {
  ...{ phoneNumber: '13800000000', purePhoneNumber: '13800000000', countryCode: '86' },
  watermark,
}
export const user = { openId: OWNER.openid, nickName: '测试', gender: 0, watermark }
