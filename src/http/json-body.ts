import { isUtf8 } from 'node:buffer'
import type { NextFunction, Request, Response } from 'express'
import { LoginError } from '../errors'
import { hasBody } from './answer'

export type JsonObject = Readonly<Record<string, unknown>>

const MAX_BYTES = 16 * 1024
const MAX_DEPTH = 16
const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i

/** Bytes only. body-parser would read an endless body to its end before it says that it is too large. */
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

/**
 * Reads a JSON object of at most 16 KB into `req.body`; no body counts as `{}`. A body that a host
 * app has parsed already is taken as it is. Refuses by the headers where they suffice, before a
 * byte of the body has been waited for.
 */
export function jsonBody(req: Request, _res: Response, next: NextFunction): void {
  if (isObject(req.body)) return next()
  if (!hasBody(req)) {
    req.body = {}
    return next()
  }
  const refusal = refuseByHeaders(req)
  if (refusal) return next(refusal)
  readBytes(req, (error, bytes) => {
    if (error) return next(error)
    const body = parse(bytes)
    if (!body) return next(new LoginError('invalid_json'))
    req.body = body
    next()
  })
}

/** For routes that always give their own answer: a body that cannot be used counts as none. */
export function lenientJsonBody(req: Request, res: Response, next: NextFunction): void {
  jsonBody(req, res, error => {
    if (error instanceof LoginError && error.code !== 'body_too_large') req.body = {}
    else if (error) return next(error)
    next()
  })
}

function refuseByHeaders(req: Request): LoginError | undefined {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = req.headers
  if (Number(req.headers['content-length'] ?? 0) > MAX_BYTES)
    return new LoginError('body_too_large')
  if (!JSON_TYPE.test(type) || encoding.toLowerCase() !== 'identity') {
    return new LoginError('unsupported_media_type')
  }
  return undefined
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
