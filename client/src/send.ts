import { isUnder, resolveUrl } from './base-url'
import type { Callbacks } from './callbacks'
import { type Carry, isLoginRefused } from './carry'
import type { HeldToken } from './held-token'
import type { LogIn } from './login'
import { ask, type Call, type Failure, isPc, statusOf } from './platform'
import type { Ready } from './ready'
import { bearer, headerOf, type RequestResult, type Server } from './server'
import type { WasRefused } from './was-refused'

/** What the client reads and writes of the options of a function like `wx.request`. */
export interface CallOptions extends Callbacks {
  url?: string
  method?: string
  header?: object
  /** Of an upload, which is a POST. */
  filePath?: string
}

export interface SendParts {
  readonly server: Server
  readonly held: HeldToken
  readonly logIn: LogIn
  readonly ready: Ready
  readonly wasRefused: WasRefused
  readonly tell: () => void
}

/**
 * Sends a request with the token, where its address is the server's. With `mayCarry` it may log in by
 * itself.
 */
export type Send = <R>(call: Call<never>, options: CallOptions, mayCarry?: boolean) => Promise<R>

/** A request waits for a login under way, or begins one and carries its code. */
export function createSend(parts: SendParts): Send {
  const { server, held, ready } = parts
  return async <R>(call: Call<never>, options: CallOptions, mayCarry?: boolean): Promise<R> => {
    const url = resolveUrl(server.baseUrl, options.url || '')
    if (!isUnder(server.baseUrl, url)) return ask<R>(call, Object.assign({}, options, { url }))
    let first: Promise<R> | undefined
    const carry: Carry = header => {
      first = ask<R>(call, withHeader(options, url, header))
      return first as Promise<RequestResult>
    }
    // A key of the app's own is for its request, and not for our login.
    const isCarrier = mayCarry && !held.isPlain() && !headerOf(options, 'idempotency-key')
    let codes: number
    try {
      codes = await ready(isCarrier ? carry : undefined)
    } catch (error) {
      return answeredAnyway(first, error)
    }
    const once = () => {
      const token = held.current()?.token
      return ask<R>(call, withHeader(options, url, token && bearer(token)))
    }
    if (first) {
      const result = await first.catch(told401)
      if (!headerOf(result, 'x-login-token')) {
        if (statusOf(result) !== 401) return result
        // Refused for want of a token: nobody looked at the code.
        held.setPlain()
        return once()
      }
    }
    return sendTwice(parts, { options, codes, once, sent: first || once() })
  }
}

interface Sending<R> {
  readonly options: CallOptions
  /** Codes that are left. */
  readonly codes: number
  readonly once: () => Promise<R>
  readonly sent: Promise<R>
}

/**
 * When the token is refused, the request is repeated once, after one login that all who were refused
 * share.
 */
async function sendTwice<R>(parts: SendParts, { options, codes, once, sent }: Sending<R>) {
  const { server, held, wasRefused } = parts
  const token = held.current()?.token
  let end: () => R
  let isSure = true
  try {
    const result = await sent
    if (statusOf(result) !== 401 || !token) return result
    end = () => result
  } catch (failure) {
    if (!token || !(await wasRefused(token, failure as Failure))) throw failure
    isSure = statusOf(failure) === 401
    end = () => {
      throw failure
    }
  }
  // Without a status the answer may have been lost after all. Only where 401s land in `fail` is
  // that unlikely enough to do twice what may be done once alone.
  const mayRepeat = isSure || isRepeatable(options) || isPc(server.platform)
  const isLoggedIn = await logInAgain(parts, token, mayRepeat ? codes : 0)
  return isLoggedIn && mayRepeat ? once() : end()
}

/**
 * After a refusal: logs in, unless somebody else did or no code is left. Says whether there is
 * another token, to repeat the request with.
 */
async function logInAgain(
  { held, logIn, tell }: SendParts,
  token: string,
  codes: number,
): Promise<boolean> {
  if (held.current()?.token === token) held.drop()
  if (held.current()) return true
  if (held.isOut() || codes < 1) {
    tell()
    return false
  }
  await logIn(codes)
  return true
}

function isRepeatable({ method = 'GET', filePath }: CallOptions): boolean {
  return method.toUpperCase() !== 'POST' && !filePath
}

/** On a PC a 401 lands in `fail`. */
function told401(failure: unknown): never {
  if (statusOf(failure) === 401) return failure as never
  throw failure
}

/** What a request came to that carried a code, where the login failed beside it. */
async function answeredAnyway<R>(first: Promise<R> | undefined, error: unknown): Promise<R> {
  const result = await (first || Promise.reject(error)).catch(() => undefined)
  if (!result || isLoginRefused(result) || statusOf(result) === 401) throw error
  return result
}

/** With our headers, and no other token: one that an app kept from an earlier login is stale. */
function withHeader(options: CallOptions, url: string, own: object | undefined | ''): object {
  if (!own) return Object.assign({}, options, { url })
  const header = Object.assign({}, options.header) as Record<string, unknown>
  for (const name of Object.keys(header)) {
    if (name.toLowerCase() === 'authorization') delete header[name]
  }
  return Object.assign({}, options, { url, header: Object.assign(header, own) })
}
