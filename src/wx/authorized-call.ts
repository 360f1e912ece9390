import type { Log } from '../log'
import type { AccessTokens } from './access-token'
import { isTokenRefusal, WxUnreachable } from './errcode'
import { reporting } from './report'

export interface AuthorizedCallOptions {
  tokens: AccessTokens
  /** Total deadline in milliseconds: getting the token, the call, and the one retry. */
  timeoutMs: number
  log: Log
}

/** Does one call of an API that wants an access_token, within what is left of the deadline. */
export type Ask<T> = (accessToken: string, withinMs: number) => Promise<T>

export type AuthorizedCall = <T>(api: string, appid: string, ask: Ask<T>) => Promise<T>

/** With less than this part of the deadline left, a call would only be sent to be given up. */
const LEAST_PART = 0.2

/**
 * Calls with the app's access_token. If WeChat refuses the token it has not looked at the rest, so
 * the call is made once more with a new one; never a third time.
 */
export function createAuthorizedCall(options: AuthorizedCallOptions): AuthorizedCall {
  const { tokens, timeoutMs, log } = options

  async function call<T>(appid: string, ask: Ask<T>): Promise<T> {
    const begun = performance.now()
    const left = () => timeoutMs - (performance.now() - begun)
    const tokenFrom = async (work: Promise<{ value: string }>) => {
      const { value } = await inTime(work, left())
      if (left() < timeoutMs * LEAST_PART) throw tooLate()
      return value
    }

    const token = await tokenFrom(tokens.get(appid))
    try {
      return await ask(token, left())
    } catch (error) {
      if (!isTokenRefusal(error)) throw error
      return ask(await tokenFrom(tokens.replace(appid, token)), left())
    }
  }

  return (api, appid, ask) => reporting({ log, api, appid }, () => call(appid, ask))
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate()), ms)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}

function tooLate(): WxUnreachable {
  return new WxUnreachable('wechat_unavailable', { sent: false, reason: 'no_access_token_in_time' })
}
