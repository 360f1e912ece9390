import { type Carry, carried } from './carry'
import type { HeldToken, TokenAnswer } from './held-token'
import type { LoginClientError } from './login-client-error'
import { ask } from './platform'
import { bodyOf, failed, type Server } from './server'
import { type SingleFlight, singleFlight } from './single-flight'

export interface LoginOutcome {
  readonly answer: TokenAnswer
  /** How often `wx.login` was called for it. */
  readonly codes: number
}

/** Logs in by so many codes at the most, and inside a request of the app's where there is one. */
export type LogIn = SingleFlight<[maxCodes: number, carry?: Carry], LoginOutcome>

/** Of no use to anybody who does not have the code as well: unlike it, it need not be secret. */
const newKey = () => `${Date.now()}.${Math.random()}.${Math.random()}`

/**
 * Exchanges a code. A lost answer is asked for once more with the same code and Idempotency-Key: the
 * login may have been done. So is one of a request that carried the code and brought no token.
 */
async function exchange(
  server: Server,
  fields: { code: string; appid: string | undefined },
  carry?: Carry,
): Promise<TokenAnswer> {
  const header = { 'Idempotency-Key': newKey() }
  const send = async () =>
    bodyOf<TokenAnswer>(await server.ask('POST', '/login', header, fields), 'token')
  if (carry) {
    const withCode = Object.assign({ 'X-WX-Code': fields.code }, header)
    return (await carried(carry, withCode, server.timeoutMs)) || send()
  }
  try {
    return await send()
  } catch (error) {
    if ((error as LoginClientError).code !== 'network') throw error
    return send()
  }
}

/**
 * Logs in: `wx.login`, then `POST /login`, or a request that carries the code. Whoever calls while a login is under way shares it:
 * parallel codes would end one another's session_key. A code that is no good is replaced once;
 * where the server names a pause, the error is told instead.
 */
export function createLogIn(
  server: Server,
  held: HeldToken,
  appid: string | undefined,
  onSettled: () => void,
): LogIn {
  const { platform, timeoutMs } = server

  const attempt = async (maxCodes: number, carry?: Carry, codes = 1): Promise<LoginOutcome> => {
    const { code } = await ask<{ code: string }>(
      (options: never) => platform.login(options),
      { timeout: timeoutMs },
      timeoutMs,
    ).catch(failed)
    try {
      return { answer: await exchange(server, { code, appid }, carry), codes }
    } catch (error) {
      const { action, retryAfter } = error as LoginClientError
      if (codes >= maxCodes || action !== 'login' || retryAfter) throw error
      return attempt(maxCodes, carry, codes + 1)
    }
  }

  return singleFlight(async (maxCodes, carry) => {
    try {
      const outcome = await attempt(maxCodes, carry)
      held.hold(outcome.answer)
      return outcome
    } finally {
      onSettled()
    }
  })
}
