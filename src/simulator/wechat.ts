import type { Accounts } from './accounts'
import type { Answer } from './answer'
import type { RecordedCall } from './call'
import type { Codes } from './codes'

/** What WeChat knows. */
export interface WeChat {
  readonly accounts: Accounts
  readonly codes: Codes
  /** ms. */
  readonly now: () => number
}

/** One of WeChat's addresses: it reads the call, changes what WeChat knows, and answers. */
export type Endpoint = (call: RecordedCall, wechat: WeChat) => Answer
