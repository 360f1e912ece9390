import express, { type ErrorRequestHandler, type Express } from 'express'
import { LoginError } from '../errors'
import type { Log, LogFormat } from '../log'
import { sendError } from './answer'
import { type AnswerCount, contextOf } from './context'
import type { Cors } from './cors'
import { createForwardedWarning } from './forwarded-warning'
import { createRequestLog } from './request-log'
import type { Middleware } from './require-login'

export interface StandaloneOptions {
  router: Middleware
  /** For what the router does not answer: a path that is not there, a fault. */
  cors?: Cors | undefined
  /** Comes before everything, the request log too. Calls `next` for what is none of its own. */
  frontPage?: Middleware | undefined
  /** Express's `trust proxy`: a number of hops or a list of CIDR ranges. Default off. */
  trustProxy?: false | number | readonly string[]
  /** One line a request: `dev` for people, `json` for machines. */
  requestLog?: { format: LogFormat; write: (line: string) => void } | undefined
  /** Counts answers to requests for a path that is not there. */
  unmatched?: AnswerCount | undefined
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
}

/** The Express app around the router: its settings, the request log, the last word. */
export function createStandalone(options: StandaloneOptions): Express {
  const { router, frontPage, cors, trustProxy = false, requestLog, unmatched, now, log } = options
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.set('trust proxy', trustProxy)
  // 0 hops are no proxy, too.
  if (!trustProxy) app.use(createForwardedWarning(log))
  if (frontPage) app.use(frontPage)
  if (requestLog) app.use(createRequestLog({ ...requestLog, now }))
  app.use(router)
  if (cors) app.use(...allowRest(cors))
  app.use((req, res) => {
    const context = contextOf(req)
    context.count = unmatched
    context.begunAt = performance.now()
    const code = isDecodable(req.path) ? 'not_found' : 'invalid_request'
    sendError(req, res, new LoginError(code), { log })
  })
  const lastWord: ErrorRequestHandler = (error, req, res, _next) =>
    sendError(req, res, error, { log })
  app.use(lastWord)
  return app
}

/** What the router answers says by itself who may read it; here is the rest, faults too. */
function allowRest({ allow }: Cors): [Middleware, ErrorRequestHandler] {
  return [allow, (error, req, res, next) => allow(req, res, () => next(error))]
}

/** False for a path like `/%E0%A4%A`, which names nothing. */
function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
