import { type Failure, statusOf } from './platform'
import { bearer, type Server } from './server'

/** Whether a `fail` was a refusal of this token. */
export type WasRefused = (token: string, failure: Failure) => Promise<boolean>

/**
 * On a PC, WeChat puts a 401 into `fail`, perhaps without its status. The server is asked then. A
 * time-out or an abort is none, and a server that cannot be asked has refused nothing.
 */
export function createWasRefused(server: Server): WasRefused {
  return async (token, failure) => {
    const status = statusOf(failure)
    if (status) return status === 401
    if (/timeout|abort|interrupt/i.test(failure.errMsg || failure.message || '')) return false
    try {
      const { data } = await server.ask('GET', '/checklogin', bearer(token))
      return (data as { is_login?: boolean }).is_login === false
    } catch {
      return false
    }
  }
}
