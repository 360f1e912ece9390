import type { Events } from '../events'
import { UNTRUSTED, Unreachable } from '../upstream/unreachable'
import type { ApiCall } from './asking'
import { WxRefused } from './wx-refused'
import { WxUnreachable } from './wx-unreachable'

const TRUST =
  'run doctor: set the clock by NTP; where a proxy opens TLS, name its root in NODE_EXTRA_CA_CERTS'

/**
 * Does the work of a call. If it fails, tells the operator what the caller must not hear, and throws
 * the error of our contract.
 */
export type TellFailures = <T>(call: ApiCall, work: () => Promise<T>) => Promise<T>

/**
 * Each failure is told once. A call of any API fails when no access_token can be had, and all calls
 * of the next seconds fail by that same error: it is told for the call that fetched the
 * access_token, and for no other.
 */
export function createTellFailures(events: Pick<Events, 'tell'>): TellFailures {
  const told = new WeakSet<object>()

  return async (call, work) => {
    try {
      return await work()
    } catch (cause) {
      const error = cause instanceof Unreachable ? new WxUnreachable(cause.kind, cause) : cause
      if (error instanceof WxRefused || error instanceof WxUnreachable) {
        if (!told.has(error)) tell(events, call, error)
        told.add(error)
      }
      throw error
    }
  }
}

function tell(
  events: Pick<Events, 'tell'>,
  { api, appid, origin }: ApiCall,
  failure: WxRefused | WxUnreachable,
): void {
  const { code: error } = failure
  if (failure instanceof WxRefused) {
    const { wxErrcode, wxRid, fix } = failure
    events.tell({ type: 'wechat.refused', api, appid, error, wxErrcode, wxRid, fix, ...origin })
  } else {
    const { reason, sent } = failure
    const fix = reason === UNTRUSTED ? TRUST : undefined
    events.tell({ type: 'wechat.unreachable', api, appid, error, reason, sent, fix, ...origin })
  }
}
