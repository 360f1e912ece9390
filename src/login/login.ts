import { isErrorCode, LoginError } from '../errors'
import type { LoginCode, Store } from '../store/store'
import { digest, type KeyRing } from '../token/keys'
import { randomBytes, timeOrderedId } from '../token/random'
import { seal } from '../token/seal'
import { createLoginCodes } from './login-code'
import { createSingleFlight } from './single-flight'
import type { IssuedToken, TokenIssuer } from './token-issuer'
import type { Turns } from './turns'

/** What the exchange of a code at WeChat gives; `wx/` has it. */
export type ExchangeCode = (
  appid: string,
  code: string,
) => Promise<{ openid: string; sessionKey: string; unionid?: string }>

export interface LoginRequest {
  readonly code: string
  /** Default: the first configured app. */
  readonly appid?: string | undefined
  /** Lets the sender of a lost answer fetch it again within 60 seconds. */
  readonly idempotencyKey?: string | undefined
}

export interface LoginAnswer extends IssuedToken {
  readonly isNewUser: boolean
  readonly userId: string
  readonly appid: string
}

export interface CodeLoginOptions {
  appids: ReadonlySet<string>
  defaultAppid: string
  exchangeCode: ExchangeCode
  store: Store
  keys: KeyRing
  issueToken: TokenIssuer
  sessionTtlSeconds: number
  /** Longest time that an exchange may take, in milliseconds. */
  exchangeTimeoutMs: number
  turns: Pick<Turns, 'begin' | 'next'>
  now: () => number
}

export interface CodeLogin {
  login(request: LoginRequest): Promise<LoginAnswer>
  /** Resolves once no login is under way, to whether any was. */
  settled(): Promise<boolean>
}

/** Within this time the same Idempotency-Key gets the same session again. */
const REPLAY_MS = 60_000

/** One login as it goes: what was asked for, by digests wherever that does. */
interface Attempt {
  readonly code: string
  readonly appid: string
  readonly codeHash: string
  readonly idempotencyHash: string | null
}

/**
 * Logs a user in with the code of `wx.login`, once: among all instances a code is exchanged by one
 * caller and makes one session. Callers that come while it is being exchanged share the answer; a
 * later one gets `code_used`, or with the first one's Idempotency-Key the same session.
 *
 * Waits for its turn wherever others may have come with it: at the door, and behind a commit or
 * WeChat, which answer many at once.
 */
export function createCodeLogin(options: CodeLoginOptions): CodeLogin {
  const { appids, defaultAppid, exchangeCode, store, keys, issueToken, turns, now } = options
  const codes = createLoginCodes(options)
  const flights = createSingleFlight<LoginAnswer>()

  async function login(request: LoginRequest): Promise<LoginAnswer> {
    const { code, appid = defaultAppid, idempotencyKey } = request
    if (!appids.has(appid)) throw new LoginError('unknown_appid')
    const codeHash = digest(appid, code)
    const idempotencyHash = idempotencyKey === undefined ? null : digest(idempotencyKey, codeHash)
    return flights.join(`${codeHash}${idempotencyHash}`, () =>
      attempt({ code, appid, codeHash, idempotencyHash }),
    )
  }

  async function attempt(login: Attempt): Promise<LoginAnswer> {
    await turns.begin()
    const claim = await codes.claim(login.codeHash, login.idempotencyHash)
    await turns.next()
    if ('settled' in claim) return replay(claim.settled, login, claim.wasInFlight)
    const { code, appid, codeHash } = login
    let wx: Awaited<ReturnType<ExchangeCode>>
    try {
      wx = await exchangeCode(appid, code).finally(turns.next)
    } catch (error) {
      const failure = error instanceof LoginError ? error : new LoginError('internal')
      await codes.fail(codeHash, claim.owner, failure)
      throw error
    }
    try {
      return await complete(login, claim.owner, wx)
    } catch (error) {
      // WeChat has burnt the code: whoever repeats it needs a new one. A store that just failed
      // may take its time over this, too, and nobody waits for it.
      void codes.fail(codeHash, claim.owner, new LoginError('code_used'))
      throw error
    }
  }

  async function complete(
    { codeHash, appid }: Attempt,
    owner: string,
    wx: Awaited<ReturnType<ExchangeCode>>,
  ): Promise<LoginAnswer> {
    const sessionId = randomBytes(24).toString('base64url')
    const createdAt = now()
    const expiresAt = createdAt + options.sessionTtlSeconds * 1000
    const sealed = seal(keys.current, wx, { sessionId, appid })
    const { userId, isNewUser } = await store.completeLogin({
      codeHash,
      owner,
      sessionId,
      newUserId: timeOrderedId(createdAt),
      appid,
      openid: wx.openid,
      unionid: wx.unionid ?? null,
      sealed,
      keyHash: digest(wx.sessionKey),
      now: createdAt,
      expiresAt,
    })
    await turns.next()
    const session = { id: sessionId, userId, appid, sealed, expiresAt }
    return { ...issueToken(session, createdAt), isNewUser, userId, appid }
  }

  async function replay(
    code: LoginCode,
    { appid, idempotencyHash }: Attempt,
    wasInFlight: boolean,
  ): Promise<LoginAnswer> {
    if (code.status === 'failed') {
      throw new LoginError(isErrorCode(code.error) ? code.error : 'internal', {
        reason: 'repeated_code',
        ...(code.wxErrcode !== null && { wxErrcode: code.wxErrcode }),
      })
    }
    const sameKey = idempotencyHash !== null && idempotencyHash === code.idempotencyHash
    const recent = now() - (code.settledAt ?? 0) < REPLAY_MS
    if (!wasInFlight && !(sameKey && recent)) throw new LoginError('code_used')
    const session = code.session === null ? undefined : await store.findSession(code.session)
    if (!session) throw new LoginError('code_used')
    const { isNewUser } = code
    return { ...issueToken(session, session.createdAt), isNewUser, userId: session.userId, appid }
  }

  return { login, settled: flights.settled }
}
