import { LoginError } from '../errors'
import {
  type Events,
  type FailureOfUser,
  isUndecided,
  type LoginEvent,
  type Origin,
} from '../events'
import { type Deadline, startDeadline } from '../upstream/deadline'
import type { BeginSession, LoginAnswer } from './begin-session'
import type { CodeNames } from './code-names'
import { type LoginAttempt, LoginCodes, type LoginCodesOptions } from './login-codes'
import type { LoginPass, LoginPlatform } from './platform'
import { createRepeatLogin, REPEATED_CODE, type RepeatLoginOptions } from './repeat-login'
import { createSingleFlight } from './single-flight'
import { type Circumstances, telling } from './telling'

export type { LoginAnswer } from './begin-session'

export interface LoginRequest {
  readonly code: string
  /** Default: the first configured app. */
  readonly appid?: string | undefined
  /** Lets the sender of a lost answer fetch it again within 60 seconds. */
  readonly idempotencyKey?: string | undefined
  /** When the request arrived, by `performance.now`: its deadline runs from then. Default: now. */
  readonly arrivedAt?: number | undefined
}

export interface LogInOptions extends LoginCodesOptions, RepeatLoginOptions {
  platform: Pick<LoginPlatform, 'admitLogin' | 'exchangeCode'>
  store: LoginCodesOptions['store'] & RepeatLoginOptions['store']
  beginSession: BeginSession
  names: CodeNames
  /** Whether this process does not keep up with its work. */
  isLate: () => boolean
  appids: ReadonlySet<string>
  defaultAppid: string
  events: Pick<Events, 'tell'>
}

type AskedLogin = LoginRequest & { readonly appid: string }

export interface LogIn {
  login(request: LoginRequest, origin: Origin): Promise<LoginAnswer>
  /** Resolves once no login is under way, to whether there was any. */
  settled(): Promise<boolean>
}

/**
 * Logs a user in with the code of `wx.login`, once: among all instances one caller exchanges a
 * code, and the code makes one session. Callers that send the code while it is exchanged share the
 * answer. A later caller gets `code_used`, or the same session with the same Idempotency-Key.
 */
export function createLogIn(options: LogInOptions): LogIn {
  const { platform, names, beginSession, isLate, appids, defaultAppid, events } = options
  const codes = new LoginCodes(options)
  const repeatLogin = createRepeatLogin(options)
  const underWay = createSingleFlight<LoginAnswer>()

  /** What the store calls the attempt. */
  async function attemptOf({ code, appid, idempotencyKey }: AskedLogin): Promise<LoginAttempt> {
    const codeHash = await names.codeHash(appid, code)
    const idempotencyHash =
      idempotencyKey === undefined ? null : await names.idempotencyHash(idempotencyKey, codeHash)
    return { code, appid, codeHash, idempotencyHash }
  }

  async function logIn(asked: AskedLogin, asking: Asking): Promise<LoginAnswer> {
    if (!appids.has(asked.appid)) throw new LoginError('unknown_appid')
    if (isLate()) throw new LoginError('overloaded', { reason: 'event_loop' })
    let pass: LoginPass
    try {
      pass = platform.admitLogin(asked.appid)
    } catch (refusal) {
      return repeatOnly(await attemptOf(asked), refusal)
    }
    try {
      return await logInWith(pass, await attemptOf(asked), asking)
    } finally {
      pass.leave()
    }
  }

  /** A lost answer is not a lost login, also while the platform is away: a repeat asks nobody. */
  async function repeatOnly(attempt: LoginAttempt, refusal: unknown): Promise<LoginAnswer> {
    const isAway = refusal instanceof LoginError && refusal.code === 'wechat_unavailable'
    if (!isAway || attempt.idempotencyHash === null) throw refusal
    const outcome = await codes.settled(attempt.codeHash)
    if (!outcome) throw refusal
    return repeatLogin(attempt, { outcome, wasUnderWay: false, cameAt: options.now() })
  }

  async function logInWith(pass: LoginPass, attempt: LoginAttempt, { origin, deadline }: Asking) {
    const { code, appid } = attempt
    // Who waits for another caller asks nobody: one code with many keys must not fill all places.
    const claim = await codes.claim(attempt, { deadline, begins: pass.leave })
    if (!claim.isOurs) return repeatLogin(attempt, claim)

    const { owner } = claim
    const ask = () => platform.exchangeCode(code, { appid, origin, deadline })
    const user = await codes.exchanging(attempt, { owner, deadline }, () =>
      pass.asking(deadline, ask),
    )
    return codes.finishing(attempt, owner, () => beginSession({ attempt, owner, user, origin }))
  }

  async function login(request: LoginRequest, origin: Origin): Promise<LoginAnswer> {
    const asked = { ...request, appid: request.appid ?? defaultAppid }
    const appid = appids.has(asked.appid) ? asked.appid : undefined
    const deadline = startDeadline(options.exchangeTimeoutMs, request.arrivedAt)
    const { code, idempotencyKey } = asked
    return underWay.join(JSON.stringify([asked.appid, code, idempotencyKey]), origin, {
      work: () => logIn(asked, { origin, deadline }),
      tell: (sharers, work) => telling({ events, origin, sharers, ...eventsOf(appid) }, work),
    })
  }

  return { login, settled: underWay.settled }
}

/** Who asks, and by when there must be an answer. */
interface Asking {
  readonly origin: Origin
  readonly deadline: Deadline
}

/** @param appid the one that was asked for, if it is configured: a log line repeats no input */
function eventsOf(appid: string | undefined) {
  return {
    done({ isNewUser, userId, appid, sessionId, isRepeat }: LoginAnswer, how: Circumstances) {
      const whose = { appid, userId, sessionId, isNewUser }
      return { type: 'login.succeeded', ...whose, ...(isRepeat && { isRepeat }), ...how } as const
    },
    failed(failure: FailureOfUser, how: Circumstances): LoginEvent {
      const isRepeat = failure.reason === REPEATED_CODE
      const told = { appid, ...failure, ...(isRepeat && { isRepeat }), ...how }
      return isUndecided(failure.error)
        ? { type: 'login.failed', ...told }
        : { type: 'login.refused', ...told }
    },
  }
}
