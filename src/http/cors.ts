import type { IncomingMessage, ServerResponse } from 'node:http'
import { begin } from './answer'
import type { Middleware } from './require-login'

export interface CorsOptions {
  /** The option: exact origins, as browsers send them. */
  corsOrigins: readonly string[]
  /** The option: they are allowed in a request, too. */
  tokenHeaders: readonly string[]
}

/** Lets pages of other origins call us: the H5 builds of a mini program. */
export interface Cors {
  /** Tells the browser of an allowed page that the page may read the answer, a refusal as well. */
  readonly allow: Middleware
  /** Answers the question that a browser asks before a request with headers of ours. */
  preflight(methods: readonly string[]): Middleware
}

const REQUEST_HEADERS = ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-WX-Code']
const EXPOSED = [
  ...['X-Login-Token', 'X-Login-Expires-In', 'X-Login-New-User', 'X-Login-Error'],
  ...['X-Request-Id', 'Retry-After'],
].join(', ')
/** Seconds that a browser may remember the answer. A changed setting holds no later than that. */
const MAX_AGE = 600

/**
 * Undefined where no origin is allowed: nothing then looks at the header.
 *
 * Hand-written and not the package `cors`: that one answers OPTIONS of any origin and any path by
 * 204, and knows of no route that takes no preflight. docs/decisions/cors.md
 */
export function createCors({ corsOrigins, tokenHeaders }: CorsOptions): Cors | undefined {
  if (corsOrigins.length === 0) return undefined
  const allowed: ReadonlySet<string> = new Set(corsOrigins)
  const allowHeaders = [...REQUEST_HEADERS, ...tokenHeaders].join(', ')
  const isAllowed = ({ headers }: IncomingMessage) => allowed.has(headers.origin ?? '')

  return {
    allow(req, res, next) {
      // To anybody: the key set may be cached, and a cache must not give a page the copy of a request
      // without an origin.
      varyByOrigin(res)
      if (isAllowed(req)) {
        res.setHeader('Access-Control-Allow-Origin', req.headers.origin as string)
        res.setHeader('Access-Control-Expose-Headers', EXPOSED)
      }
      next()
    },

    preflight(methods) {
      const allowMethods = [...new Set(methods)].sort().join(', ')
      return (req, res, next) => {
        const isPreflight = req.headers['access-control-request-method'] !== undefined
        if (!isPreflight || !isAllowed(req)) return next()
        begin(req, res, 204)
        res.setHeader('Access-Control-Allow-Methods', allowMethods)
        res.setHeader('Access-Control-Allow-Headers', allowHeaders)
        res.setHeader('Access-Control-Max-Age', String(MAX_AGE))
        res.end()
      }
    },
  }
}

/** Beside what a host app says already. */
function varyByOrigin(res: ServerResponse): void {
  const known = [res.getHeader('Vary') ?? []].flat().map(String)
  if (known.some(names => /(^|,) *(origin|\*) *(,|$)/i.test(names))) return
  res.setHeader('Vary', [...known, 'Origin'].join(', '))
}
