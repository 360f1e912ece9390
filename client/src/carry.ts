import type { TokenAnswer } from './held-token'
import { errorOfAnswer } from './login-client-error'
import { ask, statusOf } from './platform'
import { headerOf, type RequestResult } from './server'

/** Sends a request of the app's with these headers, so that it logs in by itself. */
export type Carry = (header: object) => Promise<RequestResult>

/**
 * Longest wait for the answer of a request that carries a code, in milliseconds. All others wait for
 * the same login: an upload or a long poll that came first must not hold them.
 */
const CARRY_MS = 2000

/**
 * Whether the server refused the code: then it did nothing of the request. A refused code is never
 * 401. A 401 with the header is `/verify`'s, which looks at no code, handed on by a gateway.
 */
export const isLoginRefused = (answer: unknown) =>
  headerOf(answer, 'x-login-error') && statusOf(answer) !== 401

/**
 * The login of a request that carries the code. Undefined where its answer tells of none: it was
 * lost, or is late, or the route asks nobody who they are, or the server is too old for this.
 *
 * @throws LoginClientError when the code was refused
 */
export async function carried(
  carry: Carry,
  header: object,
  timeoutMs: number,
): Promise<TokenAnswer | undefined> {
  const answer = await ask<RequestResult>(
    () => carry(header),
    {},
    Math.min(CARRY_MS, timeoutMs),
  ).catch(() => undefined)
  if (!answer) return undefined
  const token = headerOf(answer, 'x-login-token')
  if (!token) {
    if (isLoginRefused(answer)) throw errorOfAnswer(answer)
    return undefined
  }
  return {
    message: 'success!',
    token,
    token_type: 'Bearer',
    expires_in: Number(headerOf(answer, 'x-login-expires-in')),
    is_new_user: Boolean(headerOf(answer, 'x-login-new-user')),
  }
}
