import type { Log } from '../log'
import { WxRefused, WxUnreachable } from './errcode'

/** One call to WeChat, by names that may be shown. */
export interface CallName {
  readonly log: Log
  /** The path, without its query. */
  readonly api: string
  readonly appid: string
}

/** A call fails by the token it could not get, and many calls by the same one: told once. */
const told = new WeakSet<object>()

/** Does the work, and tells the operator of its failure what the caller must not hear. */
export async function reporting<T>(call: CallName, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error && !told.has(error)) {
      told.add(error)
      report(call, error)
    }
    throw error
  }
}

/** Whose fault it is and what to do about it. */
function report({ log, api, appid }: CallName, error: unknown): void {
  if (error instanceof WxRefused) {
    const { wxErrcode: errcode, rid, hint } = error
    const level = error.code === 'misconfigured' ? 'error' : 'warn'
    log[level]('wechat_refused', { api, errcode, error: error.code, appid, rid, hint })
  } else if (error instanceof WxUnreachable) {
    const { code, reason, sent } = error
    log.warn('wechat_unreachable', { api, error: code, reason, sent, appid })
  }
}
