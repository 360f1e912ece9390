import type { IncomingMessage } from 'node:http'
import { type ErrorText, LoginError } from '../errors'
import type { ProfileChange } from '../store/store'

const VISIBLE_ASCII = /^[\x21-\x7e]{1,512}$/

/** The query's value of that name; parsed here, so that no setting of a host app changes it. */
export function queryValue(req: IncomingMessage, name: string): string | undefined {
  const url = req.url ?? ''
  const start = url.indexOf('?')
  if (start < 0) return undefined
  const values = new URLSearchParams(url.slice(start + 1)).getAll(name)
  if (values.length > 1) throw new LoginError('invalid_request', { field: name })
  return values[0]
}

/**
 * A code that WeChat gave a mini program: 1 to 512 visible ASCII characters.
 *
 * @param missing says which code is meant, where it is not the login's
 * @throws LoginError `code_missing` when none was sent, `invalid_request` when it is no such string
 */
export function readCode(value: unknown, missing?: ErrorText): string {
  if (value === undefined || value === null || value === '') {
    throw new LoginError('code_missing', missing && { text: missing })
  }
  if (typeof value === 'string' && VISIBLE_ASCII.test(value)) return value
  const isMock = value === 'the code is a mock one'
  throw new LoginError('invalid_request', {
    field: 'code',
    ...(isMock && { reason: 'DevTools runs without an AppID: fill one in there' }),
  })
}

export const PHONE_CODE_MISSING: ErrorText = {
  zh: '缺少手机号 code：请发送手机号按钮回调中的 e.detail.code',
  en: 'The phone code is missing: send the phone button’s e.detail.code.',
}

/** The access_token that WeChat refused, from a service that asks for another one. */
export function readRefusedToken(req: IncomingMessage): string | undefined {
  const value = req.headers['x-refused-access-token']
  if (value === undefined) return undefined
  if (typeof value === 'string' && /^[\x21-\x7e]{1,2048}$/.test(value)) return value
  throw new LoginError('invalid_request', { field: 'X-Refused-Access-Token' })
}

export function readAppid(value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw new LoginError('invalid_request', { field: 'appid' })
}

export function readIdempotencyKey(req: IncomingMessage): string | undefined {
  const value = req.headers['idempotency-key']
  if (value === undefined) return undefined
  if (typeof value === 'string' && VISIBLE_ASCII.test(value)) return value
  throw new LoginError('invalid_request', { field: 'Idempotency-Key' })
}

export function readFlag(value: unknown, field: string): boolean {
  if (value === undefined || typeof value === 'boolean') return value === true
  throw new LoginError('invalid_request', { field })
}

export function readProfile(body: Readonly<Record<string, unknown>>): ProfileChange {
  return {
    nickname: optional(body.nickname, 'nickname', isNickname),
    avatarUrl: optional(body.avatar_url, 'avatar_url', isHttpsUrl),
  }
}

function optional(
  value: unknown,
  field: string,
  isValid: (text: string) => boolean,
): string | null | undefined {
  if (value === undefined || value === null) return value
  if (typeof value === 'string' && isValid(value)) return value
  throw new LoginError('invalid_request', { field })
}

/** 1 to 64 characters, none of them a control character or a half of a surrogate pair. */
function isNickname(text: string): boolean {
  return /^[^\p{Cc}\p{Cs}]{1,64}$/u.test(text)
}

function isHttpsUrl(text: string): boolean {
  return text.length <= 1024 && /^https:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text)
}

/**
 * The token of a guarded request: `Authorization: Bearer` (RFC 6750), else a `sessionid` or `token`
 * header; never the query or a cookie.
 *
 * @throws LoginError `invalid_request` for two Authorization headers, of which Node would silently
 *   keep the first
 */
export function readToken(req: IncomingMessage): string | undefined {
  const { sessionid, token } = req.headers
  return readBearer(req) ?? firstText(sessionid) ?? firstText(token)
}

export function readBearer(req: IncomingMessage): string | undefined {
  const { authorization } = req.headers
  if (authorization === undefined) return undefined
  if (countHeader(req.rawHeaders, 'authorization') > 1) {
    throw new LoginError('invalid_request', { field: 'Authorization' })
  }
  return /^Bearer +([^ ]+) *$/i.exec(authorization)?.[1]
}

function firstText(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** How often a header was sent: Node keeps only the first of most. */
export function countHeader(rawHeaders: readonly string[], name: string): number {
  let found = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i] as string
    if (header.length === name.length && header.toLowerCase() === name) found++
  }
  return found
}
