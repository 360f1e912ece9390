import { setTimeout as sleep } from 'node:timers/promises'
import type { Platform } from '../../client/miniprogram_dist'

/**
 * `wx` as WeChat documents it, with the server reached over real HTTP. From its pages: wx.request,
 * wx.login, wx.setStorageSync, Errno, 网络 (10 at once), and for a PC what developers report.
 */
export interface FakeWx extends Platform {
  /** Each request that the mini program made, in order. */
  readonly requests: FakeRequest[]
  /** How often wx.login was called. */
  logins: number
  /** The most requests that were under way at once. */
  mostAtOnce: number
  readonly storage: Map<string, string>
  /** What becomes of requests from now on; `undefined` lets one through. */
  fault: (request: FakeRequest, nth: number) => Fault | undefined | Promise<undefined>
  /** Called when the server has answered, before the mini program hears of it. */
  beforeAnswer: (request: FakeRequest) => Promise<void> | void
  loginFault: 'fails' | 'never calls back' | undefined
  /** Called before wx.login gives its code. */
  beforeLogin: () => Promise<void> | void
  readStorageFault: boolean
  storageFault: 'throws' | undefined
  /** Requests as `GET /path`, in order, or only those of one path. */
  asked(path?: string): string[]
}

/** `lost`: the server did it, and its answer never came. `cut`: it never got there. */
export type Fault = 'lost' | 'lost in time' | 'cut' | 'hangs'

export interface FakeRequest {
  readonly method: string
  readonly url: string
  readonly path: string
  readonly header: Record<string, string>
  readonly body: string | undefined
  status?: number
  /** Its callbacks were called. */
  isDone?: boolean
}

interface Options {
  /** A code as the server's WeChat knows it. */
  mintCode: () => string
  platform?: 'ios' | 'android' | 'devtools' | 'windows' | 'mac' | 'ohos'
  /** What `fail` tells of a 401 on a PC. */
  pcStatus?: boolean
}

interface RequestOptions {
  url: string
  method?: string
  header?: Record<string, string>
  data?: unknown
  timeout?: number
  success?: (result: object) => void
  fail?: (error: object) => void
  complete?: (result: object) => void
}

const METHODS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT']
const MAX_AT_ONCE = 10
const MAX_KEY_BYTES = 1024 * 1024
const MAX_BYTES = 10 * MAX_KEY_BYTES

const FAILURES: Record<Fault, object> = {
  lost: { errMsg: 'request:fail -100:net::ERR_CONNECTION_CLOSED', errno: 600001 },
  'lost in time': { errMsg: 'request:fail timeout', errno: 5 },
  cut: { errMsg: 'request:fail -106:net::ERR_INTERNET_DISCONNECTED', errno: 600001 },
  hangs: {},
}

export function createFakeWx({ mintCode, platform = 'ios', pcStatus = false }: Options): FakeWx {
  let atOnce = 0
  const isPc = platform === 'windows' || platform === 'mac'

  const run = async (options: RequestOptions): Promise<object> => {
    const request = readRequest(options)
    if (!METHODS.includes(request.method)) throw { errMsg: 'request:fail method is invalid' }
    if (atOnce >= MAX_AT_ONCE) throw { errMsg: 'request:fail too many tasks', errno: 600007 }
    wx.mostAtOnce = Math.max(wx.mostAtOnce, ++atOnce)
    wx.requests.push(request)
    const nth = wx.requests.filter(({ path }) => path === request.path).length
    try {
      const fault = await wx.fault(request, nth)
      if (fault === 'hangs') return await new Promise(() => undefined)
      if (fault === 'cut') throw FAILURES.cut
      const answer = await send(request)
      await wx.beforeAnswer(request)
      if (fault) throw FAILURES[fault]
      request.status = answer.statusCode
      if (isPc && answer.statusCode === 401) {
        throw { errMsg: 'request:fail', ...(pcStatus && { statusCode: 401 }) }
      }
      return answer
    } finally {
      request.isDone = true
      atOnce--
    }
  }

  const wx: FakeWx = {
    requests: [],
    logins: 0,
    mostAtOnce: 0,
    storage: new Map(),
    fault: () => undefined,
    beforeAnswer: () => undefined,
    loginFault: undefined,
    beforeLogin: () => undefined,
    readStorageFault: false,
    storageFault: undefined,
    asked: path =>
      wx.requests
        .filter(request => !path || request.path === path)
        .map(({ method, path }) => `${method} ${path}`),
    request(options: RequestOptions) {
      const { success, fail, complete } = options
      run(options).then(
        result => {
          success?.(result)
          complete?.(result)
        },
        (error: object) => {
          fail?.(error)
          complete?.(error)
        },
      )
      return { abort: () => undefined }
    },
    login({ success, fail }: Pick<RequestOptions, 'success' | 'fail'>) {
      wx.logins++
      if (wx.loginFault === 'never calls back') return
      // The phone asks WeChat for a code: the answer never comes at once.
      void sleep(1)
        .then(() => wx.beforeLogin())
        .then(() => {
          if (wx.loginFault) fail?.({ errMsg: 'login:fail network error', errno: 600000 })
          else success?.({ code: mintCode(), errMsg: 'login:ok' })
        })
    },
    getStorageSync(key) {
      if (wx.readStorageFault) throw new Error('getStorageSync:fail')
      const text = wx.storage.get(key)
      return text === undefined ? '' : JSON.parse(text)
    },
    setStorageSync(key, value) {
      const text = JSON.stringify(value)
      const others = [...wx.storage].filter(([name]) => name !== key).map(([, value]) => value)
      const size = Buffer.byteLength(text)
      const isFull = size > MAX_KEY_BYTES || size + Buffer.byteLength(others.join('')) > MAX_BYTES
      if (wx.storageFault || isFull) {
        throw new Error('setStorageSync:fail exceed max size')
      }
      wx.storage.set(key, text)
    },
    removeStorageSync(key) {
      if (wx.storageFault) throw new Error('removeStorageSync:fail')
      wx.storage.delete(key)
    },
    getDeviceInfo: () => ({ platform, brand: 'x', model: 'x', system: 'x' }),
  }
  return wx
}

function readRequest({ url, method = 'GET', header = {}, data }: RequestOptions): FakeRequest {
  const upper = method.toUpperCase()
  const type = Object.entries(header).find(([name]) => name.toLowerCase() === 'content-type')
  const headers = type ? { ...header } : { 'content-type': 'application/json', ...header }
  const address = new URL(url)
  const isQuery = upper === 'GET' || upper === 'HEAD'
  if (isQuery && typeof data === 'object') {
    for (const [name, value] of Object.entries(data ?? {})) {
      address.searchParams.set(name, String(value))
    }
  }
  const body = typeof data === 'string' || data === undefined ? data : JSON.stringify(data)
  return {
    ...{ method: upper, url: address.href, path: address.pathname, header: headers },
    body: isQuery ? undefined : (body as string | undefined),
  }
}

async function send({ method, url, header, body }: FakeRequest) {
  const answer = await fetch(url, { method, headers: header, body: body ?? null })
  const text = await answer.text()
  return {
    data: parse(text),
    statusCode: answer.status,
    header: Object.fromEntries(answer.headers),
    cookies: answer.headers.getSetCookie(),
    errMsg: 'request:ok',
  }
}

/** `dataType: 'json'`: what cannot be parsed is given as it came. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
