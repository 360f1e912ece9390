import { type NextFunction, type Request, type Response, Router } from 'express'
import { LoginError } from '../errors'
import type { Log } from '../log'
import type { CheckLogin } from '../login/check-login'
import type { CheckSessionKey } from '../login/check-session-key'
import type { CodeLogin } from '../login/login'
import type { Logout } from '../login/logout'
import type { Decrypt } from '../login/open-data'
import type { Phone } from '../login/phone'
import type { Profile } from '../login/profile'
import type { Refresh } from '../login/refresh'
import type { Store, User } from '../store/store'
import { authFailure, createAliases } from './aliases'
import { type SendErrorOptions, sendError, sendJson } from './answer'
import { contextOf } from './context'
import { createReadyz, livez } from './health'
import { createInternalToken } from './internal-token'
import { type JsonObject, jsonBody, lenientJsonBody } from './json-body'
import { createLoginByRequest } from './login-route'
import type { RateLimit } from './rate-limit'
import {
  PHONE_CODE_MISSING,
  queryValue,
  readBearer,
  readCode,
  readFlag,
  readProfile,
} from './read-request'
import { authenticatedOf, type Middleware } from './require-login'
import { createTokenBroker, type GetAccessToken } from './token-broker'
import { createVerify, nameError } from './verify'

export interface RouterOptions {
  login: CodeLogin['login']
  checkLogin: CheckLogin
  refresh: Refresh
  logout: Logout
  profile: Profile
  decrypt: Decrypt
  phone: Pick<Phone, 'ask'>
  checkSessionKey: CheckSessionKey
  getAccessToken: GetAccessToken
  required: Middleware
  rateLimit: RateLimit
  /** Of the routes that ask WeChat for each call. */
  wechatRateLimit: RateLimit
  internalRateLimit: RateLimit
  store: Pick<Store, 'ping'>
  isDraining: () => boolean
  internalToken: string | undefined
  now: () => number
  log: Log
}

/** Every route with its guards, a line each. */
export function createRouter(options: RouterOptions): Router {
  const { required, log } = options
  const login = createLoginByRequest(options.login, options.rateLimit, log)
  const aliases = createAliases(login, options.checkLogin)
  const handle = createHandlers(options, login)
  const showsInternalToken = createInternalToken(options.internalToken)
  const router = Router()
  const only = (methods: string) => (_req: Request, _res: Response, next: NextFunction) =>
    next(new LoginError('method_not_allowed', { allow: methods }))

  // The paths that are asked most come first: the router looks from the top.
  router
    .route('/checklogin')
    .get(handle.checkLogin)
    .post(lenientJsonBody, handle.checkLogin)
    .all(only('GET, HEAD, POST'))
  router
    .route('/verify')
    .get(nameError, required, createVerify(showsInternalToken))
    .all(only('GET, HEAD'))
  router.route('/login').post(jsonBody, handle.login).all(only('POST'))
  router.route('/refresh').post(required, jsonBody, handle.refresh).all(only('POST'))
  router.route('/logout').post(required, jsonBody, handle.logout).all(only('POST'))
  router
    .route('/me')
    .get(required, handle.readProfile)
    .put(required, jsonBody, handle.changeProfile)
    .all(only('GET, HEAD, PUT'))
  router.route('/decrypt').post(required, jsonBody, handle.decrypt).all(only('POST'))
  router.route('/phone').post(required, jsonBody, handle.phone).all(only('POST'))
  router.route('/checksession').post(required, jsonBody, handle.checkSession).all(only('POST'))
  router.route('/livez').get(livez).all(only('GET, HEAD'))
  router.route('/healthz').get(livez).all(only('GET, HEAD'))
  router.route('/readyz').get(createReadyz(options)).all(only('GET, HEAD'))

  router
    .route('/auth')
    // HEAD would otherwise run as GET, and burn the code for an answer that nobody sees.
    .head(only('GET, POST'))
    .get(aliases.auth)
    .post(jsonBody, aliases.auth)
    .all(only('GET, POST'))
  router.route('/isAuth').post(lenientJsonBody, aliases.isAuth).all(only('POST'))
  router.route('/wx/onlogin').post(jsonBody, aliases.onlogin).all(only('POST'))

  if (options.internalToken !== undefined) {
    const broker = createTokenBroker({
      ...options,
      showsInternalToken,
      rateLimit: options.internalRateLimit,
    })
    router.route('/internal/access-token').get(broker).all(only('GET, HEAD'))
  }

  router.use('/auth', fail({ log, body: authFailure }))
  router.use(fail({ log }))
  return router
}

function fail(options: SendErrorOptions) {
  return (error: unknown, req: Request, res: Response, _next: NextFunction) =>
    sendError(req, res, error, options)
}

type Handler = (req: Request, res: Response) => Promise<void>

function createHandlers(options: RouterOptions, login: ReturnType<typeof createLoginByRequest>) {
  return {
    login: async (req, res) => {
      const { token, expiresIn, isNewUser } = await login(req, req.body as JsonObject)
      sendJson(req, res, 200, { ...tokenAnswer(token, expiresIn), is_new_user: isNewUser })
    },

    checkLogin: async (req, res) => {
      const state = await options.checkLogin(tokenToCheck(req))
      sendJson(req, res, 200, {
        is_login: state.isLogin,
        expires_in: state.expiresIn,
        session_key: state.sessionKey,
        next: state.next,
        ...(state.reason && { reason: state.reason }),
      })
    },

    refresh: async (req, res) => {
      contextOf(req).event = 'refresh'
      const { token, expiresIn } = await options.refresh(authenticatedOf(req).session)
      sendJson(req, res, 200, { ...tokenAnswer(token, expiresIn), is_new_user: false })
    },

    logout: async (req, res) => {
      contextOf(req).event = 'logout'
      const all = readFlag((req.body as JsonObject).all, 'all')
      await options.logout(authenticatedOf(req).session, { all })
      sendJson(req, res, 200, { message: 'success!' })
    },

    readProfile: async (req, res) => {
      const user = await options.profile.read(authenticatedOf(req).session)
      sendJson(req, res, 200, profileAnswer(user))
    },

    changeProfile: async (req, res) => {
      const change = readProfile(req.body as JsonObject)
      const user = await options.profile.change(authenticatedOf(req).session, change)
      sendJson(req, res, 200, profileAnswer(user))
    },

    decrypt: async (req, res) => {
      contextOf(req).event = 'decrypt'
      const data = await options.decrypt(req.login, req.body as JsonObject)
      sendJson(req, res, 200, openDataAnswer(data))
    },

    phone: async (req, res) => {
      contextOf(req).event = 'phone'
      const code = readCode((req.body as JsonObject).code, PHONE_CODE_MISSING)
      await options.wechatRateLimit(req)
      const number = await options.phone.ask(authenticatedOf(req).session, code)
      sendJson(req, res, 200, {
        phone_number: number.phoneNumber,
        pure_phone_number: number.purePhoneNumber,
        country_code: number.countryCode,
      })
    },

    checkSession: async (req, res) => {
      contextOf(req).event = 'check_session'
      await options.wechatRateLimit(req)
      const valid = await options.checkSessionKey(authenticatedOf(req).session)
      sendJson(req, res, 200, { valid })
    },
  } satisfies Record<string, Handler>
}

/** `/checklogin` always answers: two tokens where one belongs are none that could be valid. */
function tokenToCheck(req: Request): string | undefined {
  const { token } = (req.body ?? {}) as JsonObject
  try {
    return (
      readBearer(req) ?? queryValue(req, 'token') ?? (typeof token === 'string' ? token : undefined)
    )
  } catch {
    return 'ambiguous'
  }
}

function tokenAnswer(token: string, expiresIn: number) {
  return { message: 'success!', token, token_type: 'Bearer', expires_in: expiresIn }
}

/** WeChat's object under WeChat's names, without the openId and unionId of user data. */
function openDataAnswer(data: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(data).filter(([name]) => !/^(open|union)id$/i.test(name)),
  )
}

/** No openid, no unionid, no session_key: those stay on the server. */
function profileAnswer(user: User) {
  return {
    id: user.id,
    appid: user.appid,
    nickname: user.nickname,
    avatar_url: user.avatarUrl,
    phone_number: user.phoneNumber,
    created_at: new Date(user.createdAt).toISOString(),
    last_login_at: new Date(user.lastLoginAt).toISOString(),
  }
}
