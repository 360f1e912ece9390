import http, { type ClientRequest, type RequestOptions } from 'node:http'
import https from 'node:https'
import { gunzipSync } from 'node:zlib'

/** What came back, whatever its status; the body unpacked. */
export interface Exchange {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

export interface TransportOptions {
  /** Scheme and host. */
  baseUrl: string
  /** Most connections at one time; further calls wait for one. */
  maxSockets: number
  /** Most bytes of a body, before and after it was unpacked. */
  maxBodyBytes: number
}

/** A call under way. */
export interface Call {
  readonly exchange: Promise<Exchange>
  /** Whether bytes may have left: true from the moment that the connection stands. */
  wasSent(): boolean
  /** Cuts it off, wherever it is. */
  cut(): void
}

export interface Transport {
  /** A GET; no redirect, proxy or retry, and a body of limited size. */
  get(path: string, headers: Readonly<Record<string, string>>): Call
  /** A POST under the same rules; Content-Length is sent, for WeChat takes no chunked body. */
  post(path: string, headers: Readonly<Record<string, string>>, body: string): Call
  close(): void
}

/**
 * Below the 5 s after which many servers drop an idle connection: a request written onto a
 * connection that is being dropped may have been read, and then its code could not be sent again.
 */
const IDLE_SOCKET_MS = 4000

/** HTTP to one host over kept-alive connections; the adapter that axios works with. */
export function createTransport(options: TransportOptions): Transport {
  const { baseUrl, maxSockets, maxBodyBytes } = options
  const { hostname, port, protocol } = new URL(baseUrl)
  const secure = protocol === 'https:'
  const agent = new (secure ? https : http).Agent({
    keepAlive: true,
    maxSockets,
    timeout: IDLE_SOCKET_MS,
  })
  const target: RequestOptions = { agent, hostname: hostname.replace(/^\[|\]$/g, ''), port }

  function send(options: RequestOptions, body?: string): Call {
    const request = (secure ? https : http).request({ ...target, ...options })
    let sent = false
    request.once('socket', socket => {
      // A socket from the pool is past its handshake; a new one takes bytes only after it.
      if (request.reusedSocket || !socket.connecting) sent = true
      else socket.once(secure ? 'secureConnect' : 'connect', () => (sent = true))
    })
    const exchange = read(request, maxBodyBytes)
    request.end(body)
    return { exchange, wasSent: () => sent, cut: () => void request.destroy() }
  }

  return {
    get: (path, headers) => send({ path, headers }),
    post: (path, headers, body) =>
      send(
        {
          method: 'POST',
          path,
          headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
        },
        body,
      ),
    close: () => agent.destroy(),
  }
}

function read(request: ClientRequest, maxBodyBytes: number): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    request.on('error', reject)
    // Nobody asked for another protocol, and without a listener Node drops the socket in silence:
    // neither an error nor the deadline's cut would be heard.
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
  })
}

/** Not asked for, but a proxy on the way may compress. */
function unpack(bytes: Buffer, encoding: string | undefined, maxBodyBytes: number): Buffer {
  if (encoding === undefined || encoding === 'identity') return bytes
  if (encoding === 'gzip') return gunzipSync(bytes, { maxOutputLength: maxBodyBytes })
  throw failure('ERR_CONTENT_ENCODING')
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}
