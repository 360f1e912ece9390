import { LoginError } from '../errors'
import type { Log } from '../log'
import type { Asking } from './asking'
import type { AccessToken } from './stable-token'

/** Where instances share their access_tokens; the store has room for it. */
export interface AccessTokenCache {
  read(appid: string): Promise<AccessToken | undefined>
  write(appid: string, token: AccessToken): Promise<void>
  /** Removes the access_token if it is still this one. */
  drop(appid: string, value: string): Promise<void>
  /**
   * Takes the right to ask WeChat for so many milliseconds. Resolves to a function that gives it
   * back, or to undefined while another instance has it.
   */
  lease(appid: string, ms: number): Promise<(() => Promise<unknown>) | undefined>
}

/** An AccessTokenCache whose calls never reject. */
export interface ForgivingCache {
  read(asking: Asking): Promise<AccessToken | undefined>
  write(token: AccessToken, asking: Asking): Promise<void>
  drop(value: string, asking: Asking): Promise<void>
  lease(ms: number, asking: Asking): Promise<(() => Promise<unknown>) | undefined>
}

/**
 * Makes of each fault of a cache a line in the log. A process whose cache fails goes on alone: it
 * finds nothing in the cache, and has the right to ask WeChat at once.
 */
export function createForgivingCache(cache: AccessTokenCache, log: Log): ForgivingCache {
  async function forgive<T>(work: Promise<T>, asking: Asking, instead: T): Promise<T> {
    try {
      return await work
    } catch (error) {
      const reason = error instanceof LoginError ? error.reason : 'unknown'
      const { appid, origin } = asking
      log.warn('access_token_not_shared', { appid, reason, request_id: origin.requestId })
      return instead
    }
  }

  const granted = async () => {}
  return {
    read: asking => forgive(cache.read(asking.appid), asking, undefined),
    write: (token, asking) => forgive(cache.write(asking.appid, token), asking, undefined),
    drop: (value, asking) => forgive(cache.drop(asking.appid, value), asking, undefined),
    async lease(ms, asking) {
      const release = await forgive(cache.lease(asking.appid, ms), asking, granted)
      return release && (() => forgive(release(), asking, undefined))
    },
  }
}
