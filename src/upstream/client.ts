import { setTimeout as sleep } from 'node:timers/promises'
import type { AxiosAdapter } from 'axios'
import { LoginError } from '../errors'
import type { Patience } from '../patience'
import { type Deadline, startDeadline } from './deadline'
import { type HttpAnswer, readJson } from './read-json'
import { type Call, createTransport } from './transport'
import { UNTRUSTED, type Unreachable, unreachableBy } from './unreachable'

export interface UpstreamClientOptions {
  /** Scheme and host, perhaps a path that is put before each call's; without a slash at the end. */
  baseUrl: string
  /** `http://[user:password@]host:port`, asked by CONNECT for every connection. Default: none. */
  proxy?: string
  /** Total deadline of one call in milliseconds: waiting, connecting, headers and body. */
  timeoutMs: number
  /** Calls under way or waiting for a connection; one more is `overloaded`. Default 2048. */
  maxPending?: number
  /** Connections at one time; further calls wait for one. Default 512. */
  maxSockets?: number
  patience: Pick<Patience, 'connectRetryMs' | 'idleSocketMs'>
  /** Hears what came back, before it is read: for who wants to know the platform's clock. */
  onAnswer?: (answer: Pick<HttpAnswer, 'status' | 'headers'>) => void
}

export interface GetOptions {
  /** Travels in the query, each name once. */
  readonly query: Readonly<Record<string, string>>
  /** The deadline of the work that this call is a part of. Default: one of `timeoutMs`, from now. */
  readonly deadline?: Deadline | undefined
}

export interface PostOptions extends GetOptions {
  /** The body. */
  readonly json: object
}

/** Asks a platform and gives back the parsed JSON, whatever it says: it is untrusted input. */
export interface UpstreamClient {
  /**
   * @throws Unreachable when no JSON came back
   * @throws LoginError `overloaded` when too many calls are pending
   */
  get(path: string, options: GetOptions): Promise<unknown>
  /** A POST of JSON, under the same rules as a GET. */
  post(path: string, options: PostOptions): Promise<unknown>
  /** Total deadline of one call in milliseconds. */
  readonly timeoutMs: number
  /** Connections at one time. */
  readonly maxSockets: number
  /** Closes all connections, also those in use. */
  close(): void
}

const MAX_BODY_BYTES = 64 * 1024
const MAX_SOCKETS = 512
const MAX_PENDING = 2048

const HEADERS = { Accept: 'application/json', 'User-Agent': 'miniprogram-login' }
const JSON_HEADERS = { ...HEADERS, 'Content-Type': 'application/json' }

/**
 * The one home of axios. An AxiosError holds the query and the body, and with them app secrets,
 * codes and access_tokens. So no AxiosError leaves this file: callers get an Unreachable that has
 * no cause.
 *
 * The Axios is bare and its adapter is ours. Merging axios's defaults into each call and running
 * its own adapter cost more than all the rest of a login (`npm run bench`), and that adapter would
 * follow proxies and redirects.
 */
export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { baseUrl, proxy, timeoutMs, patience, onAnswer } = options
  const { maxPending = MAX_PENDING, maxSockets = MAX_SOCKETS } = options
  const limits = { maxSockets, maxBodyBytes: MAX_BODY_BYTES }
  const transport = createTransport({ baseUrl, proxy, patience, ...limits })
  let pending = 0

  async function exchange(start: () => Call, deadline = startDeadline(timeoutMs)) {
    if (pending >= maxPending) throw new LoginError('overloaded', { reason: 'upstream_queue' })
    pending++
    try {
      const answer = await ask(start, deadline, patience.connectRetryMs)
      onAnswer?.(answer)
      return readJson(answer)
    } finally {
      pending--
    }
  }

  return {
    timeoutMs,
    maxSockets,
    get: (path, { query, deadline }) =>
      exchange(() => transport.get(withQuery(path, query), HEADERS), deadline),
    post: (path, { query, json, deadline }) => {
      const body = JSON.stringify(json)
      return exchange(() => transport.post(withQuery(path, query), JSON_HEADERS, body), deadline)
    },
    close: () => transport.close(),
  }
}

function withQuery(path: string, query: GetOptions['query']): string {
  return `${path}?${new URLSearchParams(query)}`
}

/** One request. A connection that failed is tried once more, because nothing was sent on it. */
async function ask(start: () => Call, deadline: Deadline, retryMs: number): Promise<HttpAnswer> {
  if (deadline.leftMs() <= 0) throw unreachableBy(undefined, { sent: false, isLate: true })
  let call: Call | undefined
  let isLate = false
  const callOff = deadline.whenPassed(() => {
    isLate = true
    call?.cut()
  })
  try {
    for (let attempt = 1; ; attempt++) {
      call = start()
      try {
        return await throughAxios(call)
      } catch (error) {
        const sent = call.wasSent()
        const failure = unreachableBy(error, { sent, isLate })
        if (sent || isLate || attempt > 1 || isLasting(failure)) throw failure
        // Callers whose connections failed together do not come back together.
        await sleep(retryMs * (0.2 + 0.8 * Math.random()))
        if (isLate) throw failure
      }
    }
  } finally {
    callOff()
  }
}

/** A certificate that is refused, or a proxy that refuses us, does the same a moment later. */
function isLasting({ reason }: Unreachable): boolean {
  return reason === UNTRUSTED || /^PROXY_4\d\d$/.test(reason)
}

type Axios = InstanceType<typeof import('axios')['Axios']>

let axios: Axios | undefined

/** Loaded by the first call: a start needs no platform, and axios with what it needs is 40 files. */
function axiosOnce(): Axios {
  if (axios) return axios
  const { Axios } = require('axios') as typeof import('axios')
  axios = new Axios({ transformRequest: [], transformResponse: [], headers: {} as never })
  return axios
}

/**
 * axios hears the status and takes the whole answer as its data. Its own object of headers takes a
 * third of a call of axios, 5 of 15 us, and we read what Node made of them.
 */
async function throughAxios(call: Call): Promise<HttpAnswer> {
  const adapter: AxiosAdapter = async config => {
    const data = await call.answer
    return { data, status: data.status, statusText: '', headers: {}, config }
  }
  const { data } = await axiosOnce().request<HttpAnswer>({ adapter })
  return data
}
