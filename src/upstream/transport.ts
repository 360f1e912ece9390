import http, { type ClientRequest, type RequestOptions } from 'node:http'
import https from 'node:https'
import { gunzipSync } from 'node:zlib'
import type { Patience } from '../patience'
import type { HttpAnswer } from './read-json'
import { TunnelAgent } from './tunnel-agent'

export interface TransportOptions {
  /** Scheme and host, perhaps a path that is put before each call's. */
  baseUrl: string
  /** Asked by CONNECT for every connection, where there is one. */
  proxy?: string | undefined
  /** Most connections at one time; further calls wait for one. */
  maxSockets: number
  /** Most bytes of a body, before and after it was unpacked. */
  maxBodyBytes: number
  patience: Pick<Patience, 'idleSocketMs'>
}

/** A call under way. */
export interface Call {
  /** What came back, whatever its status; the body is unpacked. */
  readonly answer: Promise<HttpAnswer>
  /** Whether bytes may have left. That is so from the moment that the connection stands. */
  wasSent(): boolean
  /** Ends the call at once: `answer` rejects. */
  cut(): void
}

export interface Transport {
  /** A GET. It follows no redirect, is not repeated, and reads a limited body. */
  get(path: string, headers: Readonly<Record<string, string>>): Call
  /** A POST under the same rules. It sends Content-Length: some platforms refuse a chunked body. */
  post(path: string, headers: Readonly<Record<string, string>>, body: string): Call
  close(): void
}

/**
 * HTTP to one host over connections that are kept. It is what the axios client works with. The
 * environment's proxies are not looked at.
 */
export function createTransport(options: TransportOptions): Transport {
  const { protocol, target, prefix, tunnel } = aim(options)
  const { request: ask } = protocol === 'https:' ? https : http
  const connected = protocol === 'https:' ? 'secureConnect' : 'connect'

  function send({ path, ...rest }: RequestOptions, body?: string): Call {
    const request = ask({ ...target, ...rest, path: `${prefix}${path}` })
    let sent = false
    request.once('socket', socket => {
      // A kept socket is past its handshake. A new one takes no bytes before its handshake is over.
      // One that is destroyed already never connected: no descriptor was left (EMFILE).
      if (request.reusedSocket || !(socket.connecting || socket.destroyed)) sent = true
      else socket.once(connected, () => (sent = true))
    })
    let cut = () => {}
    const answer = new Promise<HttpAnswer>((resolve, reject) => {
      read(request, options.maxBodyBytes, { resolve, reject })
      cut = () => {
        request.destroy()
        tunnel?.giveUp(request)
        // A destroyed request that has no connection yet says nothing until it would get one.
        reject(failure('ERR_CUT'))
      }
    })
    request.end(body)
    return { answer, wasSent: () => sent, cut }
  }

  return {
    get: (path, headers) => send({ path, headers }),
    post(path, headers, body) {
      const length = { 'Content-Length': String(Buffer.byteLength(body)) }
      return send({ method: 'POST', path, headers: { ...headers, ...length } }, body)
    },
    close: () => target.agent.destroy(),
  }
}

/** Where requests go, and over which connections. */
function aim({ baseUrl, proxy, maxSockets, patience }: TransportOptions) {
  const { hostname, port, protocol, pathname } = new URL(baseUrl)
  const pool = { keepAlive: true, maxSockets, timeout: patience.idleSocketMs }
  const tunnel = proxy === undefined ? undefined : new TunnelAgent(proxy, { ...pool, protocol })
  const agent = tunnel ?? new (protocol === 'https:' ? https : http).Agent(pool)
  const target = { agent, protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port }
  return { protocol, target, tunnel, prefix: pathname === '/' ? '' : pathname }
}

interface Outcome {
  resolve(answer: HttpAnswer): void
  reject(error: unknown): void
}

function read(request: ClientRequest, maxBodyBytes: number, { resolve, reject }: Outcome): void {
  request.on('error', reject)
  // Without this listener Node drops the socket of such an answer and reports nothing: the call
  // would hang beyond its deadline.
  request.on('upgrade', (_response, socket) => {
    socket.destroy()
    reject(failure('ERR_UPGRADE'))
  })
  request.on('response', response => {
    const chunks: Buffer[] = []
    let size = 0
    response.on('error', reject)
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > maxBodyBytes) response.destroy(failure('ERR_BODY_TOO_LARGE'))
    })
    response.on('end', () => {
      const { statusCode: status = 0, headers } = response
      try {
        const body = unpack(Buffer.concat(chunks), headers['content-encoding'], maxBodyBytes)
        resolve({ status, headers, body })
      } catch (error) {
        reject(error)
      }
    })
  })
}

/** The old name counts as the new one: RFC 9110, section 8.4.1.3. */
const GZIP = /^(x-)?gzip$/

/** What was done to a body, by the grammar of RFC 9110, section 8.4: a list, in any case. */
function codingsOf(header = ''): string[] {
  const codings = header.toLowerCase().split(',')
  return codings.map(each => each.trim()).filter(each => each !== '' && each !== 'identity')
}

/** No request asks for compression, but a proxy on the way may compress all the same. */
function unpack(bytes: Buffer, encoding: string | undefined, maxBodyBytes: number): Buffer {
  const [coding, ...more] = codingsOf(encoding)
  if (coding === undefined) return bytes
  if (more.length > 0 || !GZIP.test(coding)) throw failure('ERR_CONTENT_ENCODING')
  return gunzipSync(bytes, { maxOutputLength: maxBodyBytes })
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}
