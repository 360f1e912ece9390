import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { LoginError } from '../errors'
import { countHeader } from './read-request'

/**
 * The token of a request: `Authorization`, else the first other header that carries one. The query
 * and cookies are never looked at.
 *
 * @throws LoginError `invalid_request` for two Authorization headers
 */
export type ReadToken = (req: IncomingMessage) => string | undefined

/** Headers that carry a token beside `Authorization`, whatever the configuration says. */
const ALWAYS = ['sessionid', 'token']

/**
 * Hand-written, as the order of the headers is no matter of a schema.
 *
 * @param tokenHeaders the option: further headers, in lower case, looked at last
 */
export function createReadToken(tokenHeaders: readonly string[]): ReadToken {
  const names = [...new Set([...ALWAYS, ...tokenHeaders])]
  return req => readAuthorization(req) ?? firstText(req.headers, names)
}

/**
 * The token of `Authorization`: after `Bearer` (RFC 6750, section 2.1), or bare, as most Chinese
 * clients send it. Undefined for none, and for another scheme: that one is somebody else's.
 */
function readAuthorization(req: IncomingMessage): string | undefined {
  const value = authorizationOf(req)
  if (value === undefined) return undefined
  const token = /^(?:Bearer +)?([^ ]+) *$/i.exec(value)?.[1]
  return token !== undefined && /^Bearer$/i.test(token) ? undefined : token
}

/**
 * The token of `Authorization: Bearer`; undefined for none and for another scheme.
 *
 * @throws LoginError `invalid_request` for two Authorization headers
 */
export function readBearer(req: IncomingMessage): string | undefined {
  return /^Bearer +([^ ]+) *$/i.exec(authorizationOf(req) ?? '')?.[1]
}

/**
 * The one Authorization header. Of two, Node keeps the first, and a gateway in front may have
 * checked the second.
 */
function authorizationOf(req: IncomingMessage): string | undefined {
  const { authorization } = req.headers
  if (authorization === undefined) return undefined
  if (countHeader(req.rawHeaders, 'authorization') > 1) {
    throw new LoginError('invalid_request', { field: 'Authorization' })
  }
  return authorization
}

function firstText(headers: IncomingHttpHeaders, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = headers[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}
