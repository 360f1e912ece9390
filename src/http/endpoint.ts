import type { Request, Response } from 'express'
import type { z } from 'zod'
import type { ErrorCode, ErrorText, LoginError } from '../errors'
import type { Parts } from './parts'

/** Fields that a route reads. What else a request holds is ignored. */
export interface RequestSchema {
  /** Parts of the path. */
  readonly params?: z.ZodObject
  readonly body?: z.ZodObject
  readonly query?: z.ZodObject
  /** Header names in lower case. */
  readonly headers?: z.ZodObject
}

/** How a route answers when all is well: always with this one status. */
export interface AnswerSchema {
  readonly status: 200
  /** Default: an empty body. */
  readonly body?: z.ZodType
  /** What the body is, where it is no JSON. */
  readonly mediaType?: string
  /** Headers beside those that every answer has, names in lower case. */
  readonly headers?: z.ZodObject
}

/** A chapter of the documents. */
export type Topic =
  | 'login'
  | 'user'
  | 'wechat'
  | 'alias'
  | 'gateway'
  | 'internal'
  | 'probe'
  | 'docs'
  | 'other'

/** One sentence each, in both languages, for documents. */
export interface EndpointWords {
  readonly summary: ErrorText
  /** The request, where its schema alone would mislead. Takes the place of the schema's fields. */
  readonly request?: ErrorText
  /** What the schema of the answer leaves unsaid. Stands beside the schema's fields. */
  readonly answer?: ErrorText
}

/**
 * What a route does, and all that a caller must know of it. `routes.ts` says at which path it
 * stands, who may call it and how often.
 */
export interface Endpoint {
  /**
   * A gateway asks, for a client. So it takes a token and no login code: the gateway would drop the
   * new token.
   */
  readonly isForGateways?: true
  /** The route that published clients call by this other name. */
  readonly aliasOf?: '/login' | '/checklogin'
  readonly words: EndpointWords
  /** Where documents list it. Default: by who calls it, see `openapi/topics.ts`. */
  readonly topic?: Topic
  /** Takes a token where there is one, and answers without one, too. */
  readonly optionalToken?: true
  /** What does this with the mini program's SDK, whose client is `login`. Default: its `request`. */
  readonly sdk?: string
  readonly request: RequestSchema
  readonly answer: AnswerSchema
  /** Errors of the use case. Those of guard, limit and body follow from the row: see `errorsOf`. */
  readonly errors: readonly ErrorCode[]
  /** Parses, calls one use case, answers. What it throws is answered as an error. */
  handle(req: Request, res: Response, parts: Parts): Promise<void> | void
  /** Tells that nothing came of a request, whether the limit, the guard or `handle` refused it. */
  tellRefusal?(error: LoginError, req: Request, parts: Parts): void
}
