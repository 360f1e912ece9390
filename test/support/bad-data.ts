import http, { type OutgoingHttpHeaders } from 'node:http'
import { CORPUS } from '../http/json-corpus'

/** A request that no honest client sends. */
export interface BadRequest {
  readonly method: string
  readonly path: string
  readonly headers: OutgoingHttpHeaders
  readonly body: string | Buffer
  /** Whether it shows a token that holds, and so passes the guard. */
  readonly withToken?: boolean
}

/** Who sends it. No limit may stand before what is tested, so both change all the time. */
export interface BadSender {
  readonly agent: http.Agent
  readonly port: number
  readonly token: string
  /** An address of this machine, such as 127.0.0.2. */
  readonly from: string
}

const WORDS = [
  '',
  'undefined',
  'null',
  '[object Object]',
  '__proto__',
  'x'.repeat(4000),
  'a b',
  'é',
]

/** What stands in headers that mean something to us. */
const HEADERS: readonly OutgoingHttpHeaders[] = [
  ...WORDS.map(word => ({ Authorization: `Bearer ${word}` })),
  ...WORDS.map(word => ({ Authorization: word })),
  ...WORDS.map(word => ({ token: word, sessionid: word })),
  ...WORDS.map(word => ({ 'X-WX-Code': word, 'Idempotency-Key': word })),
  { Authorization: ['Bearer a', 'Bearer b'] },
  { Authorization: 'Basic QWxhZGRpbg==', 'X-WX-OPENID': 'o', 'X-WX-SOURCE': 'x' },
  { 'X-Forwarded-For': '999.999.999.999, ,,:::', 'X-Request-Id': '\u00ff'.repeat(300) },
  { 'Content-Encoding': 'gzip' },
  { 'Content-Encoding': 'nonsense', 'Content-Type': 'application/json' },
  { 'Content-Type': 'application/json; charset=nonsense' },
  { Expect: 'nothing-of-the-kind', Accept: '\u00ff', Origin: 'null', Cookie: '=;=;=' },
]

const QUERIES = [
  '?code=a&code=b',
  '?code[]=a&code[x]=b&__proto__[x]=1',
  '?code=%',
  '?%E0%A4%A=%ff&token=%00',
  `?token=${'x'.repeat(2000)}`,
]

/** Bodies of the routes that open data or take a phone number, each field of the wrong kind. */
const FIELDS = ['encryptedData', 'iv', 'rawData', 'signature', 'nickname', 'avatar_url', 'all']
const VALUES = ['null', '0', '{}', '[]', '[null]', '""', '"\\u0000"', '"\\ud800"', 'true', '"AAAA"']
const BODIES = FIELDS.flatMap(field => VALUES.map(value => `{"${field}":${value},"code":${value}}`))

/**
 * Every bad body, query and header, at one path by one method. Bodies and queries come with a token
 * that holds, in `withToken`: they pass the guard.
 */
export function badRequests(method: string, path: string): BadRequest[] {
  const own = { 'Content-Type': 'application/json' }
  const withBody = method === 'GET' ? [] : [...CORPUS, ...BODIES.map(body => ({ body, type: '' }))]
  return [
    ...withBody.map(({ body, type }) => {
      const headers = { ...own, ...(type && { 'Content-Type': type }) }
      return { method, path, headers, body, withToken: true }
    }),
    ...QUERIES.map(query => ({
      method,
      path: path + query,
      headers: own,
      body: '',
      withToken: true,
    })),
    ...HEADERS.map(headers => ({ method, path, headers, body: method === 'GET' ? '' : '{}' })),
  ]
}

/** Sends one and gives its status; undefined where the server closed the connection instead. */
export function sendBad(bad: BadRequest, sender: BadSender): Promise<number | undefined> {
  const { agent, port, token, from: localAddress } = sender
  const headers = {
    ...bad.headers,
    ...(bad.withToken && { Authorization: `Bearer ${token}` }),
    'Content-Length': Buffer.byteLength(bad.body),
  }
  const { method, path } = bad
  return new Promise(resolve => {
    const options = { agent, port, host: '127.0.0.1', localAddress, method, path, headers }
    const req = http.request(options, res => {
      res.resume().on('end', () => resolve(res.statusCode))
    })
    req.on('error', () => resolve(undefined))
    req.end(bad.body)
  })
}
