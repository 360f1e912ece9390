import http from 'node:http'
import https from 'node:https'
import axios, { type AxiosInstance, type AxiosResponse } from 'axios'
import { LoginError } from '../errors'
import { WxUnreachable } from './errcode'

export interface WxClientOptions {
  /** Scheme and host, without a slash at the end. */
  baseUrl: string
  /** Total deadline of one call in milliseconds: waiting, connecting, headers and body. */
  timeoutMs: number
  /** Calls under way or waiting for a connection; one more is `overloaded`. Default 2048. */
  maxPending?: number
}

/** Asks WeChat and gives back the parsed JSON, whatever it is: to the caller it is untrusted input. */
export interface WxClient {
  /**
   * A GET whose parameters all travel in the query, where WeChat reads them.
   *
   * @throws WxUnreachable when no JSON came back; it says whether the request may have arrived
   * @throws LoginError `overloaded` when too many calls are pending
   */
  get(path: string, params: Readonly<Record<string, string>>): Promise<unknown>
  /** Closes all connections, also those in use. */
  close(): void
}

const MAX_BODY_BYTES = 64 * 1024
const MAX_SOCKETS = 512

/**
 * Below the 5 s after which many servers drop an idle connection: a request written onto a
 * connection that is being dropped may have been read, and then its code could not be sent again.
 */
const IDLE_SOCKET_MS = 4000

/** Why TLS refused the peer; all of these fail before a request is written. */
const TLS_REFUSAL = /CERT|SELF_SIGNED|ISSUER|SIGNATURE|ERR_TLS|ERR_SSL|EPROTO/

/**
 * The one home of axios. An AxiosError holds the query, and with it the AppSecret and the code, so
 * none ever leaves this file: callers get our own errors, without a cause.
 */
export function createWxClient(options: WxClientOptions): WxClient {
  const { baseUrl, timeoutMs, maxPending = 2048 } = options
  const protocol = baseUrl.startsWith('https:') ? https : http
  const agent = new protocol.Agent({
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    timeout: IDLE_SOCKET_MS,
  })
  const client = axios.create({
    baseURL: baseUrl,
    adapter: 'http',
    httpAgent: agent,
    httpsAgent: agent,
    proxy: false,
    maxRedirects: 0,
    maxContentLength: MAX_BODY_BYTES,
    // As bytes: axios would hand broken JSON through as a string, and mend broken UTF-8 silently.
    responseType: 'arraybuffer',
    transformResponse: [(body: unknown) => body],
    validateStatus: () => true,
    headers: { Accept: 'application/json', 'User-Agent': 'miniprogram-login' },
  })
  let pending = 0

  return {
    async get(path, params) {
      if (pending >= maxPending) throw new LoginError('overloaded', { reason: 'wechat_queue' })
      pending++
      const deadline = new AbortController()
      const timer = setTimeout(() => deadline.abort(), timeoutMs)
      const url = `${path}?${new URLSearchParams(params)}`
      try {
        return parse(await ask(client, protocol, url, deadline.signal))
      } finally {
        clearTimeout(timer)
        pending--
      }
    },
    close: () => agent.destroy(),
  }
}

/** One request; tried once more if the connection to WeChat failed, for then nothing was sent. */
async function ask(
  client: AxiosInstance,
  protocol: typeof http | typeof https,
  url: string,
  signal: AbortSignal,
): Promise<AxiosResponse<Buffer>> {
  for (let attempt = 1; ; attempt++) {
    let sent = false
    const transport = {
      request(...args: Parameters<typeof http.request>) {
        const request = protocol.request(...args)
        request.once('socket', socket => {
          const ready = protocol === https ? 'secureConnect' : 'connect'
          // A socket from the pool is past its handshake; a new one takes bytes only after it.
          if (request.reusedSocket || !('connecting' in socket && socket.connecting)) sent = true
          else socket.once(ready, () => (sent = true))
        })
        return request
      },
    }
    try {
      return await client.get<Buffer>(url, { signal, transport })
    } catch (error) {
      const failure = describe(error, sent, signal.aborted)
      if (sent || attempt > 1 || signal.aborted || failure.reason === 'tls') throw failure
      await new Promise(resolve => setTimeout(resolve, 20 + Math.random() * 80))
      if (signal.aborted) throw failure
    }
  }
}

/** Takes a code or two off a transport error and leaves the rest of it, secrets and all, behind. */
function describe(error: unknown, sent: boolean, timedOut: boolean): WxUnreachable {
  const { code } = error as { code?: unknown }
  const reason = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : 'unknown'
  if (timedOut) {
    return new WxUnreachable(sent ? 'wechat_timeout' : 'wechat_unavailable', {
      sent,
      reason: 'deadline',
    })
  }
  if (!sent) {
    return new WxUnreachable('wechat_unavailable', {
      sent,
      reason: TLS_REFUSAL.test(reason) ? 'tls' : reason,
    })
  }
  return new WxUnreachable('wechat_bad_answer', { sent, reason })
}

/** Drops a byte order mark, and refuses what is not UTF-8. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** JSON whatever the Content-Type says: WeChat labels it text/plain. */
function parse({ status, data, headers }: AxiosResponse<Buffer>): unknown {
  const reason = `status_${status}`
  if (status === 429) {
    const seconds = Number(headers['retry-after'])
    const retryAfter = seconds > 0 ? Math.min(Math.ceil(seconds), 60) : 60
    throw new WxUnreachable('wechat_quota', { sent: true, reason, retryAfter })
  }
  if (status === 503 || status === 504) {
    throw new WxUnreachable('wechat_unavailable', { sent: true, reason })
  }
  if (status < 200 || status > 299) {
    throw new WxUnreachable('wechat_bad_answer', { sent: true, reason })
  }
  try {
    return JSON.parse(utf8.decode(data))
  } catch {
    throw new WxUnreachable('wechat_bad_answer', { sent: true, reason: 'not_json' })
  }
}
