import type { IncomingMessage, ServerResponse } from 'node:http'
import { LoginError } from '../errors'
import type { Log } from '../log'
import type { Identify, Identity } from '../login/identify'
import { sendError } from './answer'
import { hideWxHeaders, type ReadCloudUser } from './cloud-user'
import { contextOf, originOf } from './context'
import type { FirstLogin } from './first-login'
import { setFound } from './found-login'
import type { ReadToken } from './read-token'
import { explainMistake } from './token-mistakes'

/** A middleware for Express 4 and 5 alike, whichever version's types are around. */
export type Middleware = (
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void

export interface RequireLoginOptions {
  identify: Identify
  readToken: ReadToken
  /** Logs in by a code where there is no token. Left out: a token alone is taken. */
  firstLogin?: FirstLogin
  /** Reads whom the gateway of Cloud Hosting names. Left out: nobody. */
  readCloudUser?: ReadCloudUser
  /** Shows to a host's routes what was found. Our own look for themselves. */
  show?: (req: IncomingMessage) => void
  log: Log
  /** Take tokens of this mini program only. Default: of all that are configured. */
  appid?: string
  /** Let a request without a token pass as nobody's. A token that does not hold is refused. */
  isOptional?: boolean
}

/** Lets a request pass whose token holds, and answers any other in our error shape by itself. */
export function createRequireLogin(options: RequireLoginOptions): Middleware {
  const { log, readToken, show, isOptional = false } = options
  const identityOfRequest = createIdentityOfRequest(options)

  async function guard(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const identity = await identityOfRequest(req, res)
    setFound(req, identity)
    const context = contextOf(req)
    context.userId = identity.session.userId
    context.appid = identity.session.appid
  }

  return (req, res, next) => {
    guard(req, res).then(
      () => pass(req, next),
      (error: unknown) => {
        if (isOptional && isNobody(error)) {
          setFound(req, undefined)
          return pass(req, next)
        }
        sendError(req, res, explainMistake(error, req, readToken), { log })
      },
    )
  }

  /** A mistake in the host's code goes to the host's error handler, as every fault of its own. */
  function pass(req: IncomingMessage, next: (error?: unknown) => void): void {
    try {
      show?.(req)
    } catch (mistake) {
      return next(mistake)
    }
    next()
  }
}

/**
 * The token decides where there is one; then whom the gateway names, who needs no login; then the
 * login code. So a token that does not hold leaves the code unspent.
 */
function createIdentityOfRequest(options: RequireLoginOptions) {
  const { identify, readToken, firstLogin, readCloudUser, appid } = options
  const only = appid === undefined ? {} : { appid }
  return async (req: IncomingMessage, res: ServerResponse): Promise<Identity> => {
    const shown = readToken(req)
    const cloud = readCloudUser?.(req)
    const cloudUser = cloud?.user
    const token = shown ?? (cloudUser ? undefined : await firstLogin?.(req, res, appid))
    if (!cloudUser) hideWxHeaders(req)
    const { reason: cloudDoubt } = { reason: undefined, ...cloud }
    return identify({ token, cloudUser, cloudDoubt }, { ...only, origin: originOf(req) })
  }
}

function isNobody(error: unknown): boolean {
  return error instanceof LoginError && error.code === 'token_missing'
}
