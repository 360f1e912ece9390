import type { ControlTable } from '../core/control'
import { need, readFields } from '../core/control-body'
import type { Operator } from './operator'
import type { Phone } from './phone'
import { DEFAULT_USER } from './users'

const APP = { appid: 'string' } as const
const APP_AND_USER = { ...APP, user: 'string' } as const
const NUMBER = { phoneNumber: 'string', countryCode: 'string' } as const
const OPEN_DATA = { ...APP_AND_USER, keysAgo: 'number', watermark: 'object' } as const
const USER_INFO = { ...OPEN_DATA, profile: 'boolean', fields: 'object' } as const

/** What a program in another language may do with the phone, and as the operator. */
export const CONTROL_ROUTES: ControlTable<Phone & Operator> = {
  'POST /simulator/codes': (body, simulator) => ({
    code: simulator.mintCode(readFields(body, APP_AND_USER)),
  }),
  'POST /simulator/phone-codes': (body, simulator) => ({
    code: simulator.mintPhoneCode(readFields(body, { ...APP_AND_USER, ...NUMBER })),
  }),
  'POST /simulator/user-info': (body, simulator) =>
    simulator.encryptUserInfo(readFields(body, USER_INFO)),
  'POST /simulator/phone-number': (body, simulator) =>
    simulator.encryptPhoneNumber(readFields(body, { ...OPEN_DATA, ...NUMBER })),
  'POST /simulator/access-tokens/kill': (body, simulator) => {
    const { appid, ...options } = readFields(body, { ...APP, stillGiven: 'boolean' })
    simulator.killAccessToken(appid, options)
  },
  'POST /simulator/access-tokens/expire': (body, simulator) =>
    simulator.expireAccessToken(readFields(body, APP).appid),
  'POST /simulator/session-keys/rotate': (body, simulator) => {
    const { user = DEFAULT_USER, appid } = readFields(body, APP_AND_USER)
    // The answer does not tell the key: only a login does.
    simulator.rotateSessionKey(user, appid)
  },
  'POST /simulator/session-keys/expire': (body, simulator) => {
    const { user = DEFAULT_USER, appid } = readFields(body, APP_AND_USER)
    simulator.expireSessionKey(user, appid)
  },
  'POST /simulator/secrets': ({ secrets, ...rest }, simulator) => {
    // `setSecrets` checks the secrets.
    simulator.setSecrets(need('appid', readFields(rest, APP).appid), secrets as string[])
  },
  'POST /simulator/unionid': (body, simulator) => {
    const fields = readFields(body, { ...APP, bound: 'boolean', platform: 'string' })
    const { appid, bound = true, platform } = fields
    simulator.setUnionidBound(need('appid', appid), bound, platform)
  },
  'POST /simulator/blocks': (body, simulator) => {
    const { user, blocked } = readFields(body, { user: 'string', blocked: 'boolean' })
    simulator.blockUser(need('user', user), blocked)
  },
}
