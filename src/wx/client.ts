import { Axios, type AxiosAdapter, type AxiosResponse } from 'axios'
import { LoginError } from '../errors'
import { WxUnreachable } from './errcode'
import { type Call, createTransport } from './transport'

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
   * A GET whose parameters all travel in the query, where WeChat reads them. `withinMs` is what an
   * earlier call of the same exchange left of its deadline.
   *
   * @throws WxUnreachable when no JSON came back; it says whether the request may have arrived
   * @throws LoginError `overloaded` when too many calls are pending
   */
  get(path: string, params: Params, withinMs?: number): Promise<unknown>
  /** A POST of JSON under the same rules; the access_token travels in the query. */
  post(path: string, params: Params, body: object, withinMs?: number): Promise<unknown>
  /** Total deadline of one call in milliseconds. */
  readonly timeoutMs: number
  /** Closes all connections, also those in use. */
  close(): void
}

type Params = Readonly<Record<string, string>>

const MAX_BODY_BYTES = 64 * 1024
const MAX_SOCKETS = 512

const HEADERS = { Accept: 'application/json', 'User-Agent': 'miniprogram-login' }
const JSON_HEADERS = { ...HEADERS, 'Content-Type': 'application/json' }

/** Why TLS refused the peer; all of these fail before a request is written. */
const TLS_REFUSAL = /CERT|SELF_SIGNED|ISSUER|SIGNATURE|ERR_TLS|ERR_SSL|EPROTO/

/**
 * The one home of axios. An AxiosError holds the query and the body, and with them the AppSecret,
 * codes and access_tokens, so none ever leaves this file: callers get our own errors, without a cause.
 *
 * It is a bare Axios with an adapter of ours: merging axios's defaults into each call and its own
 * adapter cost more than all the rest of a login, and would follow proxies and redirects.
 */
export function createWxClient(options: WxClientOptions): WxClient {
  const { baseUrl, timeoutMs, maxPending = 2048 } = options
  const maxBodyBytes = MAX_BODY_BYTES
  const transport = createTransport({ baseUrl, maxSockets: MAX_SOCKETS, maxBodyBytes })
  const axios = new Axios({ transformRequest: [], transformResponse: [], headers: {} as never })
  let pending = 0

  async function exchange(start: () => Call, withinMs = timeoutMs): Promise<unknown> {
    if (pending >= maxPending) throw new LoginError('overloaded', { reason: 'wechat_queue' })
    pending++
    const deadline: Deadline = { passed: false, call: undefined }
    const timer = setTimeout(() => {
      deadline.passed = true
      deadline.call?.cut()
    }, withinMs)
    try {
      return parse(await ask(axios, start, deadline))
    } finally {
      clearTimeout(timer)
      pending--
    }
  }

  return {
    timeoutMs,
    get: (path, params, withinMs) =>
      exchange(() => transport.get(withQuery(path, params), HEADERS), withinMs),
    post: (path, params, body, withinMs) =>
      exchange(
        () => transport.post(withQuery(path, params), JSON_HEADERS, JSON.stringify(body)),
        withinMs,
      ),
    close: () => transport.close(),
  }
}

function withQuery(path: string, params: Params): string {
  return `${path}?${new URLSearchParams(params)}`
}

interface Deadline {
  passed: boolean
  /** What is under way and will be cut off. */
  call: Call | undefined
}

/** One request; tried once more if the connection to WeChat failed, for then nothing was sent. */
async function ask(
  axios: InstanceType<typeof Axios>,
  start: () => Call,
  deadline: Deadline,
): Promise<AxiosResponse<Buffer>> {
  for (let attempt = 1; ; attempt++) {
    const call = start()
    deadline.call = call
    const adapter: AxiosAdapter = async config => {
      const { status, headers, body: data } = await call.exchange
      return { data, status, statusText: '', headers: headers as never, config }
    }
    try {
      return await axios.request<Buffer>({ adapter })
    } catch (error) {
      const sent = call.wasSent()
      const failure = describe(error, sent, deadline.passed)
      if (sent || attempt > 1 || deadline.passed || failure.reason === 'tls') throw failure
      await new Promise(resolve => setTimeout(resolve, 20 + Math.random() * 80))
      if (deadline.passed) throw failure
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
