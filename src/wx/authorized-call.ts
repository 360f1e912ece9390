import { type Deadline, startDeadline } from '../upstream/deadline'
import { Unreachable } from '../upstream/unreachable'
import type { AccessTokens } from './access-tokens'
import type { ApiCall } from './asking'
import type { AccessToken } from './stable-token'
import type { TellFailures } from './tell-failures'
import { isTokenRefusal } from './wx-refused'

export interface AuthorizedCallOptions {
  accessTokens: AccessTokens
  /** Total deadline in milliseconds: getting the access_token, the call, and the one repeat. */
  timeoutMs: number
  tellFailures: TellFailures
}

/** Makes one call of an API that wants an access_token. */
export type Ask<T> = (accessToken: string, deadline: Deadline) => Promise<T>

export type AuthorizedCall = <T>(call: ApiCall, ask: Ask<T>) => Promise<T>

/** The part of the deadline that must be left for a call. With less it would be sent in vain. */
const LEAST_PART = 0.2

/**
 * Makes calls with the app's access_token. WeChat looks at the access_token before it looks at
 * anything else. So a call whose access_token was refused is made once more with a new one, and
 * never a third time.
 */
export function createAuthorizedCall(options: AuthorizedCallOptions): AuthorizedCall {
  const { accessTokens, timeoutMs, tellFailures } = options

  async function askTwice<T>(call: ApiCall, ask: Ask<T>): Promise<T> {
    const deadline = startDeadline(timeoutMs)
    const first = await inTime(accessTokens.get(call), deadline)
    try {
      return await ask(first, deadline)
    } catch (error) {
      if (!isTokenRefusal(error)) throw error
      return ask(await inTime(accessTokens.replace(first, call), deadline), deadline)
    }
  }

  return (call, ask) => tellFailures(call, () => askTwice(call, ask))
}

async function inTime(work: Promise<AccessToken>, deadline: Deadline): Promise<string> {
  const { value } = await deadline.within(work, tooLate)
  if (deadline.leftMs() < deadline.totalMs * LEAST_PART) throw tooLate()
  return value
}

function tooLate(): Unreachable {
  return new Unreachable('unavailable', { sent: false, reason: 'no_access_token_in_time' })
}
