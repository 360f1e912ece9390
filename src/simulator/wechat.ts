import type { AccessTokens } from './access-tokens'
import type { Accounts } from './accounts'
import type { Answer } from './answer'
import type { RecordedCall } from './call'
import type { Codes } from './codes'
import type { PhoneCodes } from './phone-codes'
import type { Quota } from './quota'

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
