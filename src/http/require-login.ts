import type { IncomingMessage, ServerResponse } from 'node:http'
import { LoginError } from '../errors'
import type { Log } from '../log'
import type { Authenticate, Authenticated } from '../login/authenticate'
import type { KeyRing } from '../token/keys'
import { unseal } from '../token/seal'
import { sendError } from './answer'
import { contextOf } from './context'
import { readToken } from './read-request'

/** Who is asking, on routes behind `login.required`. */
export interface LoginContext {
  /** Our user id: stable, says nothing of the openid. */
  readonly userId: string
  readonly openid: string
  /** Absent means unknown, not none. */
  readonly unionid?: string
  readonly appid: string
  readonly sessionId: string
  /**
   * WeChat's session_key of this login, for the server's own use: it must never leave it.
   *
   * @throws LoginError `session_ended` when the secret that sealed it is no longer configured
   */
  sessionKey(): string
}

/** A middleware for Express 4 and 5 alike, whichever version's types are around. */
export type Middleware = (
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void

declare global {
  namespace Express {
    interface Request {
      /** Who is asking; there only behind `login.required`. */
      login: LoginContext
    }
  }
}

const AUTHENTICATED = Symbol('miniprogram-login.authenticated')
type Guarded = IncomingMessage & { login: LoginContext; [AUTHENTICATED]?: Authenticated }

export interface RequireLoginOptions {
  authenticate: Authenticate
  keys: KeyRing
  log: Log
  /** Take tokens of this mini program only. Default: of all that are configured. */
  appid?: string
}

/** Lets a request pass whose token holds, and answers any other in our error shape by itself. */
export function createRequireLogin(options: RequireLoginOptions): Middleware {
  const { log } = options
  return (req, res, next) => {
    guard(req as Guarded, options).then(
      () => next(),
      error => sendError(req, res, error, { log }),
    )
  }
}

/** What the guard found; only for handlers behind it. */
export function authenticatedOf(req: IncomingMessage): Authenticated {
  const found = (req as Guarded)[AUTHENTICATED]
  if (!found) throw new Error('this route is not behind the login guard')
  return found
}

async function guard(req: Guarded, options: RequireLoginOptions): Promise<void> {
  const { authenticate, keys } = options
  const authenticated = await authenticate(readToken(req), options.appid)
  const { session } = authenticated
  const { userId, openid, unionid, appid, id: sessionId, sealed } = session
  const context = contextOf(req)
  context.userId = userId
  context.appid = appid
  req[AUTHENTICATED] = authenticated
  req.login = {
    userId,
    openid,
    ...(unionid !== null && { unionid }),
    appid,
    sessionId,
    sessionKey() {
      const values = unseal(keys, sealed, { sessionId, appid })
      if (!values) throw new LoginError('session_ended', { reason: 'sealing_key_gone' })
      return values.sessionKey
    },
  }
}
