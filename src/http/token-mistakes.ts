import type { IncomingMessage } from 'node:http'
import { type ErrorCode, type ErrorText, LoginError } from '../errors'
import type { ReadToken } from './read-token'

interface Mistake {
  /** The refusal that the mistake leads to. */
  readonly error: ErrorCode
  /** For the log. */
  readonly reason: string
  readonly isMade: (shown: Shown) => boolean
  readonly text: ErrorText
}

interface Shown {
  readonly authorization: string
  readonly query: string
  /** What was taken for the token; empty where nothing was. */
  readonly token: string
}

/**
 * What clients get wrong with a token, as the issues of other login servers tell. The first that
 * fits is said. The forms alone decide: no text says whether a token was close to a right one.
 */
const MISTAKES: readonly Mistake[] = [
  {
    error: 'token_missing',
    reason: 'bearer_twice',
    isMade: ({ authorization }) => /^Bearer +Bearer\b/i.test(authorization),
    text: {
      zh: 'Authorization 里的 Bearer 写了两遍，应为：Authorization: Bearer <令牌>',
      en: 'Authorization says Bearer twice: send Authorization: Bearer <token>.',
    },
  },
  {
    error: 'token_missing',
    reason: 'empty_bearer',
    isMade: ({ authorization }) => /^Bearer *$/i.test(authorization),
    text: {
      zh: 'Authorization 里只有 Bearer，后面没有令牌：请先登录，取到令牌后再发请求',
      en: 'Authorization says Bearer and no token follows: log in first, then send the request.',
    },
  },
  {
    error: 'token_missing',
    reason: 'spaces_in_token',
    isMade: ({ authorization }) => /^Bearer /i.test(authorization),
    text: {
      zh: 'Authorization 里的令牌中间有空格，应为：Authorization: Bearer <令牌>',
      en: 'The token in Authorization holds spaces: send Authorization: Bearer <token>.',
    },
  },
  {
    error: 'token_missing',
    reason: 'other_scheme',
    isMade: ({ authorization }) => authorization.includes(' '),
    text: {
      zh: 'Authorization 用了别的方案，这里只认 Bearer：Authorization: Bearer <令牌>，或只写令牌',
      en: 'Authorization uses another scheme than Bearer: send Authorization: Bearer <token>, or the token alone.',
    },
  },
  {
    error: 'token_missing',
    reason: 'in_query',
    isMade: ({ query }) => /[?&](token|access_?token|sessionid|authorization)=/i.test(query),
    text: {
      zh: '令牌在网址的查询串里，这里不读：请放在请求头 Authorization: Bearer <令牌>',
      en: 'The token is in the query of the URL, which is not read: send Authorization: Bearer <token>.',
    },
  },
  {
    error: 'token_invalid',
    reason: 'no_value',
    isMade: ({ token }) => /^(undefined|null|NaN|false|\[object)/.test(token),
    text: {
      zh: '发来的令牌是 undefined 或 null 这样的文字：请先等登录完成、取到令牌再发请求',
      en: 'The token is a word such as undefined or null: wait for the login, then send its token.',
    },
  },
  {
    error: 'token_invalid',
    reason: 'in_quotes',
    isMade: ({ token }) => /^(["'`]|%22|\\")|(["'`]|%22)$/i.test(token),
    text: {
      zh: '令牌两边多了引号（多半是 JSON.stringify 过一次）：请原样发送令牌',
      en: 'The token is in quotes, probably of JSON.stringify: send the token as it is.',
    },
  },
  {
    error: 'token_invalid',
    reason: 'bearer_glued',
    isMade: ({ authorization }) => /^Bearer[^ ]/i.test(authorization),
    text: {
      zh: 'Bearer 与令牌之间须有一个空格：Authorization: Bearer <令牌>',
      en: 'A space must stand between Bearer and the token: Authorization: Bearer <token>.',
    },
  },
  {
    error: 'token_invalid',
    reason: 'bearer_elsewhere',
    isMade: ({ token }) => /^Bearer /i.test(token),
    text: {
      zh: 'Bearer 只用在 Authorization 里：这个请求头里只写令牌',
      en: 'The word Bearer belongs in Authorization alone: send only the token in this header.',
    },
  },
]

/**
 * A refusal of a token in words that say the likely cause, where the request shows one. Any other
 * error comes back as it is.
 */
export function explainMistake(refusal: unknown, req: IncomingMessage, read: ReadToken): unknown {
  if (!(refusal instanceof LoginError) || refusal.reason !== undefined) return refusal
  const candidates = MISTAKES.filter(({ error }) => error === refusal.code)
  if (candidates.length === 0) return refusal
  const url = req.url ?? ''
  const shown: Shown = {
    authorization: req.headers.authorization ?? '',
    query: url.includes('?') ? url.slice(url.indexOf('?')) : '',
    token: read(req) ?? '',
  }
  const mistake = candidates.find(({ isMade }) => isMade(shown))
  if (!mistake) return refusal
  const { text, reason } = mistake
  return refusal.saying({ text, reason })
}
