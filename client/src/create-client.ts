import { createAccount } from './account'
import { readBaseUrl } from './base-url'
import { withCallbacks } from './callbacks'
import { createCheck } from './check'
import type { Client, ClientOptions } from './client'
import { createHeldToken } from './held-token'
import { createLogIn } from './login'
import { LoginClientError, networkError } from './login-client-error'
import { createLogout } from './logout'
import { ask, type Call, type Failure, type Platform } from './platform'
import { createReady, MAX_CODES } from './ready'
import { createRenewal } from './renewal'
import { createRequestQueue } from './request-queue'
import { type CallOptions, createSend, type Send } from './send'
import { bodyOf, createServer, type RequestResult } from './server'
import { createTelling } from './telling'
import { createWasRefused } from './was-refused'

declare const wx: Platform | undefined

/** WeChat runs 10 at once. Login, renewal and check need a place beside the app's own requests. */
const AT_ONCE = 8

/**
 * The login of a mini program, and its requests.
 *
 * @throws TypeError where baseUrl is no address, or no platform is there
 */
export function createClient(options: ClientOptions): Client {
  const baseUrl = readBaseUrl(options.baseUrl)
  const platform = options.wx || (typeof wx === 'undefined' ? undefined : wx)
  if (!platform) throw new TypeError('createClient: wx is missing: give the platform object')
  const { appid, timeoutMs = 10_000, storageKey = `miniprogram-login:${baseUrl}` } = options

  const server = createServer(platform, baseUrl, timeoutMs)
  const held = createHeldToken(platform, { storageKey, baseUrl })
  const tell = createTelling(() => Boolean(held.current()), options.onChange)
  const logIn = createLogIn(server, held, appid, tell)
  const ready = createReady({ held, logIn, tell, renew: createRenewal(server, held) })
  const parts = { server, held, logIn, tell, ready, wasRefused: createWasRefused(server) }
  const send = createSend(parts)
  // The server takes a carried code for its first mini program's.
  const request = createRequest(platform, send, !appid)

  return Object.assign(
    {
      request,
      wrap: (other: Call<never>) => (asked: CallOptions) =>
        withCallbacks(asked, send<never>(other, asked)),
      login: async () => (await logIn(MAX_CODES)).answer,
      get ready() {
        return (held.current() ? ready() : logIn(MAX_CODES)).then(() => undefined)
      },
      check: createCheck(parts),
      logout: createLogout(parts),
    },
    createAccount(async <T>(method: string, path: string, data?: object, field?: keyof T) => {
      const asked = { url: baseUrl + path, method, data, timeout: timeoutMs }
      return bodyOf<T>(await request(asked), field)
    }),
  )
}

/** `wx.request` with the token. What fails without an answer becomes an error of the client's. */
function createRequest(platform: Platform, send: Send, mayCarry: boolean) {
  const enqueue = createRequestQueue(AT_ONCE)
  const queued: Call<never> = asked =>
    enqueue(() => ask((each: never) => platform.request(each), asked))
  return <T>(asked: CallOptions): Promise<RequestResult<T>> =>
    withCallbacks(
      asked,
      send<RequestResult<T>>(queued, asked, mayCarry).catch(error => {
        throw error instanceof LoginClientError ? error : networkError(error as Failure)
      }),
    )
}
