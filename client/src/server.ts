import { errorOfAnswer, networkError } from './login-client-error'
import { ask, type Failure, type Platform } from './platform'

/** An answer, as `wx.request` gives it. */
export interface RequestResult<T = unknown> {
  readonly data: T
  readonly statusCode: number
  readonly header: object
  readonly errMsg: string
  readonly cookies?: string[]
}

/** What the client asks for itself: login, renewal, check and log-out. */
export interface Server {
  readonly baseUrl: string
  readonly platform: Platform
  readonly timeoutMs: number
  /** @throws LoginClientError `network` */
  ask(method: 'GET' | 'POST', path: string, header: object, data?: object): Promise<RequestResult>
}

export function createServer(platform: Platform, baseUrl: string, timeoutMs: number): Server {
  return {
    baseUrl,
    platform,
    timeoutMs,
    ask: (method, path, header, data) =>
      ask<RequestResult>(
        (options: never) => platform.request(options),
        { url: baseUrl + path, method, header, data, timeout: timeoutMs },
        timeoutMs,
      ).catch(failed),
  }
}

export const bearer = (token: string): object => ({ Authorization: `Bearer ${token}` })

/** @throws LoginClientError `network` */
export function failed(failure: Failure): never {
  throw networkError(failure)
}

/** A header of an answer: its name is written in many ways. */
export function headerOf(answer: unknown, name: string): string | undefined {
  const header = ((answer || {}) as Partial<RequestResult>).header || {}
  const key = Object.keys(header).find(each => each.toLowerCase() === name)
  return key && String((header as Record<string, unknown>)[key])
}

/**
 * The body of a success. Without the field that it must have, it comes from somebody else: a proxy,
 * or a wrong baseUrl.
 *
 * @throws LoginClientError
 */
export function bodyOf<T>(answer: RequestResult, field?: keyof T): T {
  const body = answer.data as T
  const isOurs = body && typeof body === 'object' && (!field || body[field] !== undefined)
  if (answer.statusCode === 200 && isOurs) return body
  throw errorOfAnswer(answer)
}
