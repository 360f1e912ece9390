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
import { createCodeLogin } from './login/login'
import { createLogout } from './login/logout'
import { createDecrypt, type Decrypt } from './login/open-data'
import { createProfile } from './login/profile'
import { createRefresh } from './login/refresh'
import { createTokenIssuer } from './login/token-issuer'
import { createUsers, type Users } from './login/users'
import { openStore } from './store/open'
import { startSweeper } from './store/sweeper'
import { createJwt } from './token/jwt'
import { createKeyRing } from './token/keys'
import { createAppSecrets } from './wx/app-secrets'
import { createWxClient } from './wx/client'
import { createCode2Session } from './wx/code2session'

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
  /** Waits for logins under way, then closes the store and the connections to WeChat. */
  close(): Promise<void>
}

/**
 * Opens the store and wires the parts. Nothing listens.
 *
 * @throws ConfigError with every problem of the options, or when the database cannot be opened
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

  const issueToken = createTokenIssuer({ jwt, tokenTtlSeconds: config.tokenTtlSeconds, now })
  const authenticate = createAuthenticate({ jwt, store, now })
  const guard = { authenticate, keys, log }
  const required = createRequireLogin(guard)
  const secrets = createAppSecrets({ apps: config.apps, log })
  const codeLogin = createCodeLogin({
    appids: new Set(config.apps.keys()),
    defaultAppid: config.defaultAppid,
    exchangeCode: createCode2Session({ client, secrets, now, log }),
    store,
    keys,
    issueToken,
    sessionTtlSeconds: config.sessionTtlSeconds,
    exchangeTimeoutMs: config.wxTimeoutMs,
    now,
  })
  const decrypt = createDecrypt({ store, keys, now })
  const router = createRouter({
    login: codeLogin.login,
    checkLogin: createCheckLogin(authenticate, now),
    refresh: createRefresh({ store, keys, issueToken }),
    logout: createLogout(store),
    profile: createProfile(store),
    decrypt,
    required,
    rateLimit: createRateLimit({
      perMinute: config.rateLimit,
      shared: sharedLimits || isShared(config) ? store : undefined,
      now,
    }),
    store,
    isDraining,
    internalToken: config.internalToken,
    log,
  })

  let closed: Promise<void> | undefined
  async function close(): Promise<void> {
    stopSweeper()
    await codeLogin.settled()
    client.close()
    await store.close()
  }
  return {
    router: router as unknown as Middleware,
    required,
    requiredFor(appid) {
      if (config.apps.has(appid)) return createRequireLogin({ ...guard, appid })
      throw new TypeError('"appid" must be one of the mini programs in "apps"')
    },
    users: createUsers(store),
    decrypt,
    close() {
      closed ??= close()
      return closed
    },
  }
}

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
