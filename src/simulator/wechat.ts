import { type AccessTokens, createAccessTokens } from './access-tokens'
import { type Accounts, type Apps, createAccounts } from './accounts'
import type { Answer } from './answer'
import type { RecordedCall } from './call'
import { type Codes, createCodes } from './codes'
import { createPhoneCodes, type PhoneCodes } from './phone-codes'
import { createQuota, MINUTE_MS, type Quota } from './quota'

/** Calls of resetusersessionkey for each app. */
const RESETS_A_MINUTE = 60_000

/** What WeChat knows. */
export interface WeChat {
  readonly accounts: Accounts
  readonly codes: Codes
  readonly phoneCodes: PhoneCodes
  readonly accessTokens: AccessTokens
  /** How often an app may call resetusersessionkey. */
  readonly sessionKeyResets: Quota
  /** ms. */
  readonly now: () => number
}

/** One of WeChat's addresses. */
export interface Endpoint {
  /** Reads the call, changes what WeChat knows, and answers. */
  readonly answer: (call: RecordedCall, wechat: WeChat) => Answer
  /** The code that the call brings; `''` if none. Only where a code is exchanged. */
  readonly codeOf?: (call: RecordedCall) => string
  /** Spends that code without what it is for. */
  readonly burn?: (call: RecordedCall, wechat: WeChat) => void
}

/** A WeChat that nobody has called yet. @throws TypeError when an app has no secret */
export function createWeChat(options: {
  apps: Apps
  now: () => number
  adoptUnknown: boolean
}): WeChat {
  const { apps, now } = options
  return {
    accounts: createAccounts(apps),
    codes: createCodes(options),
    phoneCodes: createPhoneCodes(options),
    accessTokens: createAccessTokens(options),
    sessionKeyResets: createQuota({ limit: RESETS_A_MINUTE, windowMs: MINUTE_MS, now }),
    now,
  }
}
