import type { IncomingMessage, ServerResponse } from 'node:http'
import { LoginError } from '../errors'
import type { Log } from '../log'
import { sendError } from './answer'

/** Express knows an error handler by its four parameters. */
export type ErrorMiddleware = (
  error: unknown,
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void

/**
 * Answers a LoginError that a host's route threw or passed on, in our error shape. Every other error
 * goes on to the host's next error handler.
 */
export function createErrorHandler(log: Log): ErrorMiddleware {
  return (error, req, res, next) => {
    if (!(error instanceof LoginError)) return next(error)
    sendError(req, res, error, { log })
  }
}
