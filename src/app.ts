import express, { type Express } from 'express'
import { type Config, checkSettings, type LoginSettings, secretsOf } from './config'
import { LoginError } from './errors'
import { sendError } from './http/answer'
import { createRateLimit } from './http/rate-limit'
import { createRequestLog } from './http/request-log'
import { createRequireLogin, type Middleware } from './http/require-login'
import { createRouter } from './http/router'
import { createStderrLog, type Log, type LogFormat } from './log'
import { createAuthenticate } from './login/authenticate'
import { createCheckLogin } from './login/check-login'
import { createCheckSessionKey } from './login/check-session-key'
import { createCodeLogin } from './login/login'
import { createLogout } from './login/logout'
import { createDecrypt, type Decrypt } from './login/open-data'
import { createPhone } from './login/phone'
import { createProfile } from './login/profile'
import { createRefresh } from './login/refresh'
import { createResetSessionKey, type SessionKeyReset } from './login/reset-session-key'
import { createTokenIssuer } from './login/token-issuer'
import { createTokenShelf } from './login/token-shelf'
import { createTurns } from './login/turns'
import { createUsers, type Users } from './login/users'
import { openStore } from './store/open'
import { startSweeper } from './store/sweeper'
import { createJwt } from './token/jwt'
import { createKeyRing } from './token/keys'
import { createWxClient } from './wx/client'
import type { AccessToken } from './wx/stable-token'
import { createWechat } from './wx/wechat'

export interface LoginOptions extends LoginSettings {
  /** Where faults and WeChat's refusals are told. Default: warnings and errors to standard error. */
  log?: Log
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  now?: () => number
  /** Count logins in the store, because several processes on this machine share it. Default false. */
  sharedLimits?: boolean
  /** While true, `/readyz` answers 503 so that a load balancer looks elsewhere. Default: never. */
  isDraining?: () => boolean
}

/** The login service, ready to be mounted. */
export interface Login {
  /** Serves `/login`, `/checklogin` and the rest below whatever path it is mounted at. */
  readonly router: Middleware
  /** Guards a route: sets `req.login`, or answers 401 in our error shape. */
  readonly required: Middleware
  /**
   * As `required`, and refuses another mini program's token as it refuses a forged one: for routes
   * that belong to one of several apps.
   *
   * @throws TypeError when the appid is not one of `apps`
   */
  requiredFor(appid: string): Middleware
  /** Looks users up, for the server's own use. */
  readonly users: Users
  /**
   * What `POST /decrypt` does, for routes of your own: `login.decrypt(req.login, req.body)`. Gives
   * WeChat's object whole, openId and unionId included: those are for the server.
   */
  readonly decrypt: Decrypt
  /**
   * The access_token of an app, for calls of your own to WeChat; where there is only one app, it may
   * go unnamed. Shared by all instances and renewed in time; keep it no longer than until
   * `expiresAt`, ms since 1970.
   *
   * @param refused a token that WeChat has just refused (40001, 40014, 42001): another one is given
   */
  accessToken(appid?: string, refused?: string): Promise<AccessToken>
  /**
   * Has WeChat end a user's session_key that may have leaked. The user stays logged in. `dead`: the
   * key was not valid any more; `unknown`: no session of the user holds one.
   */
  resetSessionKey(userId: string): Promise<SessionKeyReset>
  /** Waits for logins and phone numbers under way, then closes the store and the connections to WeChat. */
  close(): Promise<void>
}

/**
 * Opens the store and wires the parts. Nothing listens.
 *
 * @throws ConfigError with every problem of the options, or when the database refuses; one
 * that is only down is waited for while every call answers 503
 */
export async function createLogin(options: LoginOptions): Promise<Login> {
  const { log: givenLog, now = Date.now, isDraining = () => false, ...rest } = options
  const { sharedLimits = false, ...settings } = rest
  const config = checkSettings(settings)
  const log = givenLog ?? createStderrLog(secretsOf(config))
  const store = await openStore(config.database, { log, redisUrl: config.redisUrl })
  const stopSweeper = startSweeper({ store, now, log })
  const client = createWxClient({ baseUrl: config.wxApiBaseUrl, timeoutMs: config.wxTimeoutMs })
  const { keys, jwt } = createTokens(config, now)
  const { apps, defaultAppid } = config
  const wechat = createWechat({
    client,
    apps,
    shelf: createTokenShelf({ store, keys, now }),
    now,
    log,
  })

  const issueToken = createTokenIssuer({ jwt, tokenTtlSeconds: config.tokenTtlSeconds, now })
  const turns = createTurns()
  const authenticate = createAuthenticate({ jwt, store, turns, now })
  const guard = { authenticate, keys, log }
  const required = createRequireLogin(guard)
  const codeLogin = createCodeLogin({
    appids: new Set(apps.keys()),
    defaultAppid,
    exchangeCode: wechat.exchangeCode,
    store,
    keys,
    issueToken,
    sessionTtlSeconds: config.sessionTtlSeconds,
    exchangeTimeoutMs: config.wxTimeoutMs,
    turns,
    now,
  })
  const decrypt = createDecrypt({ store, keys, now })
  const phone = createPhone({ askPhoneNumber: wechat.askPhoneNumber, store })
  const shared = sharedLimits || isShared(config) ? store : undefined
  const router = createRouter({
    login: codeLogin.login,
    checkLogin: createCheckLogin(authenticate, now),
    refresh: createRefresh({ store, keys, issueToken }),
    logout: createLogout(store),
    profile: createProfile(store),
    decrypt,
    phone,
    checkSessionKey: createCheckSessionKey({
      askSessionKey: wechat.askSessionKey,
      store,
      keys,
      now,
    }),
    getAccessToken: wechat.getAccessToken,
    required,
    rateLimit: createRateLimit({ name: 'login', perMinute: config.rateLimit, shared, now }),
    wechatRateLimit: createRateLimit({ name: 'wechat', perMinute: config.rateLimit, shared, now }),
    internalRateLimit: createRateLimit({ name: 'internal', perMinute: INTERNAL_RATE, shared, now }),
    store,
    isDraining,
    internalToken: config.internalToken,
    now,
    log,
  })

  let closed: Promise<void> | undefined
  async function close(): Promise<void> {
    stopSweeper()
    // Whoever waited for the one asks again for the other: a new call may have come meanwhile.
    while ((await codeLogin.settled()) || (await phone.settled()));
    client.close()
    await store.close()
  }
  return {
    router: router as unknown as Middleware,
    required,
    requiredFor(appid) {
      if (apps.has(appid)) return createRequireLogin({ ...guard, appid })
      throw new TypeError('"appid" must be one of the mini programs in "apps"')
    },
    users: createUsers(store),
    decrypt,
    async accessToken(appid, refused) {
      const { value, expiresAt } = await wechat.getAccessToken(appid, refused)
      return { value, expiresAt }
    },
    resetSessionKey: createResetSessionKey({
      askNewSessionKey: wechat.askNewSessionKey,
      store,
      keys,
      now,
    }),
    close() {
      closed ??= close()
      return closed
    },
  }
}

/** Calls a minute from one address for access_tokens: services ask every few minutes. */
const INTERNAL_RATE = 120

/** Whether other instances may count in the same store: a SQLite file serves one machine. */
function isShared({ database, redisUrl }: Config): boolean {
  return redisUrl !== undefined || !/^(sqlite|memory):/.test(database)
}

function createTokens(config: Config, now: () => number) {
  const keys = createKeyRing(config.jwtSecret, config.jwtSecretPrevious)
  const audience = [...config.apps.keys()]
  const jwt = createJwt({ keys, audience, maxTtlSeconds: config.sessionTtlSeconds, now })
  return { keys, jwt }
}

export interface AppOptions extends LoginOptions {
  /** Express's `trust proxy`: a number of hops or a list of CIDR ranges. Default off. */
  trustProxy?: false | number | readonly string[]
  /** One line a request: `dev` for people, `json` for machines. */
  requestLog?: { format: LogFormat; write: (line: string) => void }
}

export interface App {
  readonly app: Express
  readonly login: Login
}

/** The whole standalone application around `createLogin`. Nothing listens. */
export async function createApp(options: AppOptions): Promise<App> {
  const { trustProxy = false, requestLog, ...loginOptions } = options
  const log = options.log ?? createStderrLog(secretsOf(checkSettings(options)))
  const login = await createLogin({ ...loginOptions, log })
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', false)
  app.set('trust proxy', trustProxy)
  if (requestLog) app.use(createRequestLog({ ...requestLog, now: options.now ?? Date.now }))
  app.use(login.router)
  app.use((req, res) =>
    sendError(req, res, new LoginError(isDecodable(req.path) ? 'not_found' : 'invalid_request'), {
      log,
    }),
  )
  app.use(((error, req, res, _next) =>
    sendError(req, res, error, { log })) as express.ErrorRequestHandler)
  return { app, login }
}

/** False for a path like `/%E0%A4%A`, which names nothing. */
function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
