import type { Origin } from '../events'
import type { Deadline } from '../upstream/deadline'

/** For which app WeChat is asked, and whose request is the cause. */
export interface Asking {
  readonly appid: string
  readonly origin: Origin
  /** By when the caller must have its answer. Default: the deadline of one call, from now. */
  readonly deadline?: Deadline | undefined
}

/** A question about one user of the app. */
export interface AskingForUser extends Asking {
  readonly openid: string
}

/** One question to one API of WeChat. */
export interface ApiCall extends Asking {
  /** The path without its query. It may be shown: it holds no secret. */
  readonly api: string
}
