import { isUtf8 } from 'node:buffer'
import type { NextFunction, Request, Response } from 'express'
import { LoginError } from '../errors'
import { hasBody } from './answer'
import { readForm } from './form-fields'
import { readCodings, readMediaType } from './media-type'

type JsonObject = Readonly<Record<string, unknown>>

export const MAX_BYTES = 16 * 1024
const MAX_DEPTH = 16
const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

/** The body that was read into a request; an empty object where none was. */
export function bodyOf(req: Request): JsonObject {
  return (req.body ?? {}) as JsonObject
}

/**
 * Reads a JSON object of at most 16 KB into `req.body`. No body counts as `{}`. A body that a host
 * app has parsed already is taken as it is.
 *
 * Hand-written and not body-parser's: that one reads an endless body to its end before it answers
 * 413, and accepts invalid UTF-8, utf-16, gzip and a key that stands twice.
 *
 * @throws LoginError `body_too_large` and `unsupported_media_type`, by the headers where they
 *   suffice, before a byte of the body came; `invalid_json`; `invalid_request` when the client left
 */
export function jsonBody(req: Request, _res: Response, next: NextFunction): void {
  readBody(req, [JSON_TYPE], next)
}

/** As `jsonBody`, and takes a form, as published clients of other servers send it. */
export function jsonOrFormBody(req: Request, _res: Response, next: NextFunction): void {
  readBody(req, [JSON_TYPE, FORM_TYPE], next)
}

/** For routes that always give their own answer: a body that cannot be used counts as none. */
export function lenientBody(req: Request, res: Response, next: NextFunction): void {
  jsonOrFormBody(req, res, error => {
    if (error instanceof LoginError && error.code !== 'body_too_large') req.body = {}
    else if (error) return next(error)
    next()
  })
}

function readBody(req: Request, types: readonly string[], next: NextFunction): void {
  if (isObject(req.body)) return next()
  if (!hasBody(req)) {
    req.body = {}
    return next()
  }
  const type = typeOf(req)
  if (Number(req.headers['content-length'] ?? 0) > MAX_BYTES) {
    return next(new LoginError('body_too_large'))
  }
  if (type === undefined || !types.includes(type)) {
    return next(new LoginError('unsupported_media_type'))
  }
  readBytes(req, (error, bytes = Buffer.alloc(0)) => {
    if (error) return next(error)
    try {
      req.body = type === FORM_TYPE ? readForm(bytes) : readJson(bytes)
    } catch (refusal) {
      return next(refusal)
    }
    next()
  })
}

/** The media type of a body that is plain UTF-8 by its headers; undefined for any other. */
function typeOf({ headers }: Request): string | undefined {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers
  const media = readMediaType(type)
  const codings = readCodings(encoding)
  const isPlainBody = codings.length > 0 && codings.every(coding => coding === 'identity')
  const isOurs = media?.charsets.every(charset => charset === 'utf-8')
  return isPlainBody && isOurs ? media?.type : undefined
}

/** Collects the bytes of a body, and stops at the first byte that is too many. */
function readBytes(req: Request, done: (error?: LoginError, bytes?: Buffer) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  const finish = (error?: LoginError, bytes?: Buffer) => {
    req.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
    done(error, bytes)
  }
  const onData = (chunk: Buffer) => {
    size += chunk.length
    chunks.push(chunk)
    if (size <= MAX_BYTES) return
    req.pause()
    finish(new LoginError('body_too_large'))
  }
  const onEnd = () => finish(undefined, Buffer.concat(chunks))
  const onGone = () => finish(new LoginError('invalid_request', { reason: 'aborted' }))
  req.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
}

function readJson(bytes: Buffer): JsonObject {
  const object = isUtf8(bytes) ? parse(bytes.toString('utf8')) : undefined
  if (!object) throw new LoginError('invalid_json')
  return object
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) && isPlain(text) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value)
  )
}

/**
 * Whether a valid JSON text is nested 16 levels at most and its outermost object has each key once.
 * Of two keys `code`, JSON.parse keeps the last, while a proxy in front may have checked the first.
 */
function isPlain(text: string): boolean {
  const keys = new Set<string>()
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '{' || char === '[') {
      if (++depth > MAX_DEPTH) return false
    } else if (char === '}' || char === ']') {
      depth--
    } else if (char === '"') {
      const end = endOfString(text, i)
      if (depth === 1 && /^\s*:/.test(text.slice(end + 1))) {
        const key = JSON.parse(text.slice(i, end + 1)) as string
        if (keys.has(key)) return false
        keys.add(key)
      }
      i = end
    }
  }
  return true
}

function endOfString(text: string, start: number): number {
  let end = start + 1
  while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1
  return end
}
