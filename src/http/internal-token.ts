import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { LoginError } from '../errors'
import { addressKey } from './client-address'
import { originOf } from './context'
import { createLocalCount, type OnRefused } from './local-count'
import { readBearer } from './read-token'
import type { Middleware } from './require-login'

/** Failures a minute from one address: a service that is configured rightly has none. */
const FAILURES_PER_MINUTE = 120

/** Compares a text with the internal token. Without one configured nothing is equal to it. */
type IsInternalToken = (text: string | undefined) => boolean

function createIsInternalToken(internalToken: string | undefined): IsInternalToken {
  if (internalToken === undefined) return () => false
  const expected = sha256(internalToken)
  return text => text !== undefined && timingSafeEqual(sha256(text), expected)
}

/** Two digests have equal lengths, so comparing them takes the same time whatever was sent. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Whether a request shows the internal token in `X-Internal-Token`. */
export type ShowsInternalToken = (req: IncomingMessage) => boolean

/** For routes where `Authorization` carries the token of a user, such as `/verify`. */
export function createInternalToken(internalToken: string | undefined): ShowsInternalToken {
  const isInternalToken = createIsInternalToken(internalToken)
  return req => isInternalToken(ownHeader(req))
}

export interface RequireInternalTokenOptions {
  internalToken: string | undefined
  /** The option `rateLimit`: `off` turns off this limit too, because it counts by address. */
  perMinute: number | 'off'
  onRefused?: OnRefused | undefined
}

/**
 * Guards the internal routes. The credential stands in `X-Internal-Token`, else in `Authorization`:
 * as `Bearer`, or as the password of `Basic`, because some clients can send nothing else.
 *
 * The credential is looked at first, and only failures are counted: a stranger at the same address,
 * such as one behind the same gateway, cannot keep the holder of the credential out.
 *
 * @throws LoginError `internal_token_invalid`, or `rate_limited` after 120 failures a minute from one
 *   address; `invalid_request` for two Authorization headers; all to the router's error handler
 */
export function createRequireInternalToken(options: RequireInternalTokenOptions): Middleware {
  const { internalToken, perMinute, onRefused } = options
  const isInternalToken = createIsInternalToken(internalToken)
  const countFailure = createLocalCount(
    'internal',
    perMinute === 'off' ? 'off' : FAILURES_PER_MINUTE,
    onRefused,
  )

  function refusalOf(req: IncomingMessage): LoginError | undefined {
    const credential = ownHeader(req) ?? readBearer(req) ?? basicPassword(req)
    if (isInternalToken(credential) || isInternalToken(decoded(credential))) return undefined
    const reason = credential === undefined ? 'missing' : 'wrong'
    const refusal = new LoginError('internal_token_invalid', { reason })
    return countFailure(addressKey(originOf(req).ip)) ?? refusal
  }

  return (req, _res, next) => next(refusalOf(req))
}

function ownHeader({ headers }: IncomingMessage): string | undefined {
  const given = headers['x-internal-token']
  return typeof given === 'string' ? given : undefined
}

/**
 * A credential as it was before it was percent-encoded; undefined where it was not. OAuth clients
 * encode what they send by Basic (RFC 6749 section 2.3.1): `openssl rand -base64` writes `+`, `/`
 * and `=`, which APISIX then sends as `%2B`, `%2F` and `%3D`.
 */
function decoded(credential: string | undefined): string | undefined {
  if (!credential?.includes('%')) return undefined
  try {
    return decodeURIComponent(credential)
  } catch {
    return undefined
  }
}

/** The password of `Authorization: Basic`, RFC 7617 section 2: what follows the first colon. */
function basicPassword({ headers }: IncomingMessage): string | undefined {
  const encoded = /^Basic +([\w+/]+=*) *$/i.exec(headers.authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : text.slice(colon + 1)
}
