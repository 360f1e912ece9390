import { isUtf8 } from 'node:buffer'
import express, { type NextFunction, type Request, type Response } from 'express'
import { type ErrorCode, LoginError } from '../errors'

export type JsonObject = Readonly<Record<string, unknown>>

const MAX_BYTES = 16 * 1024
const MAX_DEPTH = 16
const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i

/** Only reads bytes: what body-parser takes for JSON is wider than what a login should take. */
const readBytes = express.raw({ limit: MAX_BYTES, inflate: false, type: () => true })

/**
 * Reads a JSON object of at most 16 KB into `req.body`; no body counts as `{}`. A body that a host
 * app has parsed already is taken as it is. Refuses by the headers where they suffice, before a
 * byte of the body has been waited for.
 */
export function jsonBody(req: Request, res: Response, next: NextFunction): void {
  if (isObject(req.body)) return next()
  const length = Number(req.headers['content-length'] ?? 0)
  const hasBody = length > 0 || req.headers['transfer-encoding'] !== undefined
  if (!hasBody) {
    req.body = {}
    return next()
  }
  const refusal = refuseByHeaders(req, length)
  if (refusal) return next(refusal)
  readBytes(req, res, (error?: unknown) => {
    if (error) return next(toLoginError(error))
    const body = parse(req.body)
    if (!body) return next(new LoginError('invalid_json'))
    req.body = body
    next()
  })
}

function refuseByHeaders(req: Request, length: number): LoginError | undefined {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = req.headers
  if (length > MAX_BYTES) return new LoginError('body_too_large')
  if (!JSON_TYPE.test(type) || encoding.toLowerCase() !== 'identity') {
    return new LoginError('unsupported_media_type')
  }
  return undefined
}

const PARSER_ERRORS: Readonly<Record<string, ErrorCode>> = {
  'entity.too.large': 'body_too_large',
  'encoding.unsupported': 'unsupported_media_type',
  'request.aborted': 'invalid_request',
  'request.size.invalid': 'invalid_request',
}

/** body-parser's errors quote the input: only their kind goes on. */
function toLoginError(error: unknown): LoginError {
  const { type } = error as { type?: unknown }
  return new LoginError((typeof type === 'string' && PARSER_ERRORS[type]) || 'internal')
}

function parse(bytes: unknown): JsonObject | undefined {
  if (!Buffer.isBuffer(bytes) || !isUtf8(bytes)) return undefined
  const text = bytes.toString('utf8')
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
 * Whether a valid JSON text is nested 16 levels at most and its outermost object names each key
 * once: JSON.parse keeps the last of two `code`s where a proxy in front may have checked the first.
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
