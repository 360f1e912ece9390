declare function setTimeout(run: (value: unknown) => void, ms: number, value: unknown): unknown
declare function clearTimeout(timer: unknown): void

/** `wx`, `uni`, `Taro`, `tt`: what the client uses of it. */
export interface Platform {
  request(options: never): unknown
  login(options: never): unknown
  getStorageSync(key: string): unknown
  setStorageSync(key: string, value: unknown): void
  removeStorageSync(key: string): void
  getDeviceInfo?(): object
  getSystemInfoSync?(): object
}

/** What `fail` is told. A status stands there where an answer came after all. */
export interface Failure {
  readonly errMsg?: string
  readonly message?: string
  readonly errno?: number
  readonly statusCode?: number
  /** The same of a LoginClientError, and of some libraries. */
  readonly status?: number
}

/** The HTTP status of an answer or of a failure, if it tells one. */
export function statusOf(told: unknown): number | undefined {
  const { statusCode, status } = (told || {}) as Failure
  return statusCode || status
}

/** A function like `wx.request`: it tells its end by callbacks, by a promise, or by both. */
export type Call<O> = (options: O) => unknown

/**
 * Calls such a function. With a limit it ends in time even where the platform calls nobody back:
 * everybody waits for the one login.
 *
 * @throws Failure
 */
export function ask<R>(call: Call<never>, options: object, limitMs?: number): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    const timer = limitMs && setTimeout(reject, limitMs, { errMsg: 'timeout' })
    const succeed = (result: R) => {
      clearTimeout(timer)
      resolve(result)
    }
    const fail = (failure: unknown) => {
      clearTimeout(timer)
      reject(failure)
    }
    let byPromise = false
    const own = {
      success: (result: R) => byPromise || succeed(result),
      fail: (failure: unknown) => byPromise || fail(failure),
      complete: undefined,
    }
    const returned = call(Object.assign({}, options, own) as never) as Promise<R> | undefined
    // Of two answers the promise's counts: a library hands callbacks on, and changes what it gives.
    if (returned && typeof returned.then === 'function') {
      byPromise = true
      returned.then(succeed, fail)
    }
  })
}

/** Whether WeChat runs on a PC, where a 401 lands in `fail`. */
export function isPc(platform: Platform): boolean {
  try {
    const info = platform.getDeviceInfo ? platform.getDeviceInfo() : platform.getSystemInfoSync?.()
    return /windows|mac|pc/i.test(String((info as { platform?: string }).platform))
  } catch {
    return false
  }
}
