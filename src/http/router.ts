import { type NextFunction, type Request, type Response, Router } from 'express'
import { LoginError } from '../errors'
import type { Log } from '../log'
import { type SendErrorOptions, sendError } from './answer'
import { type AnswerCount, contextOf } from './context'
import type { Cors } from './cors'
import { IDENTITY_HEADERS } from './endpoints/verify-endpoint'
import { authFailure } from './error-answer'
import { jsonBody, jsonOrFormBody, lenientBody } from './json-body'
import type { LimitName, Limits } from './limits'
import type { Parts } from './parts'
import type { Middleware } from './require-login'
import { type Guard, type Method, methodsOf, type Route } from './route'
import { routesOf } from './routes'

export interface RouterOptions {
  parts: Parts
  /** The guard of routes for logged-in users. */
  required: Middleware
  /** The same, which takes a token alone: of routes that a gateway asks. */
  requiredToken: Middleware
  /** The guard of internal routes. */
  requiredInternal: Middleware
  limits: Limits
  cors: Cors | undefined
  internalToken: string | undefined
  hasPublicKeys: boolean
  /** Whether the documents are served. */
  docs: 'on' | 'off'
  isDevelopment: boolean
  /**
   * The counter of a path's answers to a method, if they are counted. `other` is any method that the
   * path does not take.
   */
  countOf: (path: string, method: string) => AnswerCount | undefined
  log: Log
}

type Step = (req: Request, res: Response, next: NextFunction) => unknown

/** Serves the routes of `routes.ts` that this configuration has. */
export function createRouter(options: RouterOptions): Router {
  const { parts, cors, countOf, log } = options
  const router = Router()
  const steps = createSteps(options)
  for (const [path, routes] of byPath(routesOf(options))) {
    const place = router.route(routes[0]?.below ? below(path) : path)
    const methods = routes.flatMap(methodsOf)
    const other = countOf(path, 'other')
    const refuse = counting(other, refuseMethod(methods))
    if (cors) {
      place.all(cors.allow)
      if (!routes.some(isForServers)) {
        place.options(counting(other, cors.preflight(methods)))
      }
    }
    for (const route of routes) {
      if (route.head === false) place.head(refuse)
      for (const method of route.methods) {
        place[METHODS[method]](...steps.of(route, method))
        if (route.tellRefusal) place[METHODS[method]](tellRefusal(route, parts))
      }
    }
    place.all(refuse)
    if (routes[0]?.failure === 'auth') router.use(path, fail({ log, body: authFailure }))
  }
  router.use(fail({ log }))
  return router
}

/** Whether no page has any business there: a gateway or a sister service asks. */
function isForServers({ guard, isForGateways, isOpenInDevelopment }: Route): boolean {
  return guard === 'internal' || isForGateways === true || isOpenInDevelopment === true
}

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete', '*': 'all' } as const

/** A path and all below it. A parameter of Express would refuse what is no UTF-8 with 404. */
function below(path: string): RegExp {
  return new RegExp(`^${path}(?:/|$)`, 'i')
}

function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const found = new Map<string, Route[]>()
  for (const route of routes) found.set(route.path, [...(found.get(route.path) ?? []), route])
  return found
}

/** What a request passes through before its handler, in this order, and the handler. */
function createSteps(options: RouterOptions) {
  const { parts, required, requiredToken, requiredInternal, limits, countOf } = options
  const guards: Readonly<Record<Guard, readonly Step[]>> = {
    none: [],
    login: [required],
    internal: [requiredInternal],
  }

  function guarded(route: Route, body: readonly Step[]): readonly Step[] {
    const { guard, isForGateways, limit } = route
    const counted = limit ? [noteArrival, count(limit)] : []
    // Nobody uses up what others may ask of WeChat without being logged in.
    return [...(isForGateways ? [requiredToken] : guards[guard]), ...body, ...counted]
  }

  function count(limit: LimitName): Step {
    return async (req, _res, next) => {
      await limits[limit](req)
      next()
    }
  }

  return {
    of(route: Route, method: Method): readonly Step[] {
      const body = method === 'GET' || !route.body ? [] : [BODIES[route.body]]
      const [first, ...rest]: Step[] = [
        ...(route.isProbe ? [noteProbe] : []),
        ...(route.isForGateways ? [answerGateway] : []),
        ...guarded(route, body),
        (req, res) => route.handle(req, res, parts),
      ]
      const own = countOf(route.path, method)
      const head = countOf(route.path, 'HEAD')
      return [counting(own, first as Step, head), ...rest]
    },
  }
}

/**
 * The step, which begins to count first. It is no step of its own: Express takes 0.3 µs for each.
 *
 * @param head the counter of answers to HEAD, which Express serves by the handler of GET
 */
function counting(own: AnswerCount | undefined, step: Step, head = own): Step {
  if (!own) return step
  return (req, res, next) => {
    const context = contextOf(req)
    context.count = req.method === 'HEAD' ? head : own
    context.begunAt = performance.now()
    return step(req, res, next)
  }
}

const BODIES = { json: jsonBody, form: jsonOrFormBody, lenient: lenientBody } as const

const noteProbe: Middleware = (req, _res, next) => {
  contextOf(req).isProbe = true
  next()
}

/** Before the limit, which may wait for a store: that wait is a part of the request's deadline. */
const noteArrival: Middleware = (req, _res, next) => {
  contextOf(req).arrivedAt = performance.now()
  next()
}

/** Before the guard, so that its refusals too have these headers: a gateway may copy any answer's. */
export const answerGateway: Middleware = (req, res, next) => {
  contextOf(req).namesError = true
  for (const name of IDENTITY_HEADERS) res.setHeader(name, '')
  next()
}

function refuseMethod(methods: readonly string[]): Step {
  const allow = [...methods].sort().join(', ')
  return (_req, _res, next) => next(new LoginError('method_not_allowed', { allow }))
}

function tellRefusal(route: Route, parts: Parts) {
  return (thrown: unknown, req: Request, _res: Response, next: NextFunction) => {
    const error = thrown instanceof LoginError ? thrown : new LoginError('internal')
    route.tellRefusal?.(error, req, parts)
    next(thrown)
  }
}

function fail(options: SendErrorOptions) {
  return (thrown: unknown, req: Request, res: Response, _next: NextFunction) => {
    // Express's word for a part of the path that is no UTF-8: nothing has such a name.
    const error = thrown instanceof URIError ? new LoginError('not_found') : thrown
    sendError(req, res, error, options)
  }
}
