import type { IncomingMessage } from 'node:http'
import { LoginError } from '../errors'
import type { Identity } from '../login/identify'
import { type LoginContext, loginContextOf } from '../login/login-context'

const FOUND = Symbol('miniprogram-login.found')

/** What a guard found. `identity` is absent where `login.optional` let nobody in particular pass. */
interface Found {
  readonly identity?: Identity | undefined
  context?: LoginContext
}

type Guarded = IncomingMessage & { [FOUND]?: Found }

/** Writes down what a guard found. A later guard's finding replaces it. */
export function setFound(req: IncomingMessage, identity: Identity | undefined): void {
  const guarded = req as Guarded
  guarded[FOUND] = { identity }
}

/** What the guard found; only for endpoints behind it. */
export function identityOf(req: IncomingMessage): Identity {
  const identity = (req as Guarded)[FOUND]?.identity
  if (!identity) throw new Error('this route is not behind the login guard')
  return identity
}

/** Gives what a guard found, whatever stands in the request's property. */
export interface LoginOf {
  /**
   * @throws TypeError where no guard has seen the request; LoginError `token_missing` where
   *   `login.optional` found nobody
   */
  (req: IncomingMessage): LoginContext
  /** @throws TypeError where no guard has seen the request */
  (req: IncomingMessage, how: { readonly optional: true }): LoginContext | undefined
}

export const loginOf = ((req: IncomingMessage, how?: { readonly optional: true }) => {
  const found = (req as Guarded)[FOUND]
  if (!found) {
    throw new TypeError(
      'no guard has seen this request: put login.required or login.optional before',
    )
  }
  if (!found.identity && !how?.optional) throw new LoginError('token_missing')
  return contextOf(found)
}) as LoginOf

/** Made when somebody first asks: many routes never do. */
function contextOf(found: Found): LoginContext | undefined {
  if (!found.context && found.identity) found.context = loginContextOf(found.identity)
  return found.context
}

/** One getter for all requests and services: a closure for each request would cost every route. */
function getFound(this: Guarded): LoginContext | undefined {
  return this[FOUND] && contextOf(this[FOUND])
}

/**
 * Shows on a request what a guard found, under this name.
 *
 * @throws TypeError where other middleware has put something of its own there; and in that middleware
 *   where it comes later. In silence, one of the two would work with what the other one wrote
 */
export function createLoginProperty(property: string): (req: IncomingMessage) => void {
  const taken = `req.${property} belongs to other middleware, Passport perhaps: give createLogin the option "property", and read it by that name or by login.of(req)`
  const descriptor: PropertyDescriptor = {
    configurable: true,
    enumerable: true,
    get: getFound,
    set() {
      throw new TypeError(taken)
    },
  }
  return req => {
    const known = (req as unknown as Record<string, unknown>)[property]
    const isOurs = Object.getOwnPropertyDescriptor(req, property)?.get === getFound
    if (known !== undefined && !isOurs) throw new TypeError(taken)
    Object.defineProperty(req, property, descriptor)
  }
}
