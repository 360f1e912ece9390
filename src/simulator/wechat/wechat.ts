import { AccessTokens } from './access-tokens'
import { AppBook, type Apps } from './apps'
import { type Codes, createCodes } from './codes'
import { createPhoneCodes, type PhoneCodes } from './phone-codes'
import { createQuotas, type Quotas } from './quotas'
import { Users } from './users'

/** What WeChat knows. */
export interface WeChat {
  readonly apps: AppBook
  readonly users: Users
  readonly codes: Codes
  readonly phoneCodes: PhoneCodes
  readonly accessTokens: AccessTokens
  readonly quotas: Quotas
  /** ms. */
  readonly now: () => number
}

/** A WeChat that nobody has called yet. @throws TypeError when an app has no secret */
export function createWeChat(options: {
  apps: Apps
  now: () => number
  adoptUnknown: boolean
}): WeChat {
  const { now } = options
  const apps = new AppBook(options.apps)
  const quotas = createQuotas(now)
  return {
    apps,
    users: new Users(apps),
    codes: createCodes(options),
    phoneCodes: createPhoneCodes(options),
    accessTokens: new AccessTokens({ now, quotas }),
    quotas,
    now,
  }
}

/** Codes, and how much of a quota is used. Users, their keys, apps and access_tokens stay. */
export function forgetCodesAndQuotas({ codes, phoneCodes, quotas }: WeChat): void {
  codes.forget()
  phoneCodes.forget()
  for (const quota of Object.values(quotas)) quota.forget()
}
