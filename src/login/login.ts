import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { isErrorCode, LoginError } from '../errors'
import type { LoginCode, Store } from '../store/store'
import { digest, type KeyRing } from '../token/keys'
import { seal } from '../token/seal'
import type { IssuedToken, TokenIssuer } from './token-issuer'

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

export interface LoginOptions {
  appids: ReadonlySet<string>
  defaultAppid: string
  exchangeCode: ExchangeCode
  store: Store
  keys: KeyRing
  issueToken: TokenIssuer
  sessionTtlSeconds: number
  /** Longest time that an exchange may take, in milliseconds. */
  exchangeTimeoutMs: number
  now: () => number
}

export type Login = (request: LoginRequest) => Promise<LoginAnswer>

/** Within this time the same Idempotency-Key gets the same session again. */
const REPLAY_MS = 60_000
/** A code lives 5 minutes at WeChat; after twice that it cannot come back to life. */
const CODE_RECORD_MS = 600_000
/** On top of the exchange's deadline: after that a claim's owner is taken for dead. */
const CLAIM_GRACE_MS = 2000
const POLL_MS = 25

/**
 * Logs a user in with the code of `wx.login`, once: among all instances a code is exchanged by one
 * caller and makes one session. Callers that come while it is being exchanged share the answer; a
 * later one gets `code_used`, or with the first one's Idempotency-Key the same session.
 */
export function createLoginUseCase(options: LoginOptions): Login {
  const { appids, defaultAppid, exchangeCode, store, keys, issueToken, now } = options
  const inFlight = new Map<string, Promise<LoginAnswer>>()
  const claimLifeMs = options.exchangeTimeoutMs + CLAIM_GRACE_MS

  return async ({ code, appid = defaultAppid, idempotencyKey }) => {
    if (!appids.has(appid)) throw new LoginError('unknown_appid')
    const codeHash = digest(appid, code)
    const idempotencyHash = idempotencyKey === undefined ? null : digest(idempotencyKey, codeHash)
    const flight = `${codeHash}${idempotencyHash}`
    const joined = inFlight.get(flight)
    if (joined) return joined
    const answer = claimAndExchange({ code, appid, codeHash, idempotencyHash })
    inFlight.set(flight, answer)
    try {
      return await answer
    } finally {
      inFlight.delete(flight)
    }
  }

  interface Attempt {
    code: string
    appid: string
    codeHash: string
    idempotencyHash: string | null
  }

  async function claimAndExchange(attempt: Attempt): Promise<LoginAnswer> {
    const { codeHash, idempotencyHash } = attempt
    let wasInFlight = false
    for (;;) {
      const owner = randomBytes(12).toString('base64url')
      const expiresAt = now() + CODE_RECORD_MS
      const known = await store.claimCode({
        codeHash,
        owner,
        idempotencyHash,
        now: now(),
        expiresAt,
      })
      if (!known) return exchange(attempt, owner)
      wasInFlight ||= known.status === 'claimed'
      const settled = known.status === 'claimed' ? await waitFor(codeHash) : known
      if (settled) return replay(settled, attempt, wasInFlight)
      // Its owner freed it because WeChat was never reached: ours to try.
    }
  }

  /** Waits for the instance that holds the code; undefined when it gave the code back. */
  async function waitFor(codeHash: string): Promise<LoginCode | undefined> {
    for (;;) {
      await sleep(POLL_MS)
      const code = await store.findCode(codeHash)
      if (code?.status !== 'claimed') return code
      if (now() - code.claimedAt > claimLifeMs) {
        // Its owner died; WeChat may have seen the code, so nobody sends it again.
        const failure = { owner: code.owner, error: 'wechat_timeout', wxErrcode: null, now: now() }
        await store.failCode(codeHash, failure)
      }
    }
  }

  async function exchange(attempt: Attempt, owner: string): Promise<LoginAnswer> {
    const { code, appid, codeHash } = attempt
    const wx = await exchangeCode(appid, code).catch(async (error: unknown) => {
      await settleFailure(codeHash, owner, error)
      throw error
    })
    const sessionId = randomBytes(24).toString('base64url')
    const createdAt = now()
    const expiresAt = createdAt + options.sessionTtlSeconds * 1000
    const sealed = seal(keys.current, wx, { sessionId, appid })
    const { userId, isNewUser } = await store.completeLogin({
      codeHash,
      owner,
      sessionId,
      newUserId: randomBytes(16).toString('base64url'),
      appid,
      openid: wx.openid,
      unionid: wx.unionid ?? null,
      sealed,
      keyHash: digest(wx.sessionKey),
      now: createdAt,
      expiresAt,
    })
    const session = { id: sessionId, userId, appid, sealed, expiresAt }
    return { ...issueToken(session, createdAt), isNewUser, userId, appid }
  }

  async function settleFailure(codeHash: string, owner: string, error: unknown): Promise<void> {
    const failure = error instanceof LoginError ? error : new LoginError('internal')
    try {
      if (wasNeverSent(failure)) await store.releaseCode(codeHash, owner)
      else {
        const { code, wxErrcode = null } = failure
        await store.failCode(codeHash, { owner, error: code, wxErrcode, now: now() })
      }
    } catch {
      // The caller hears WeChat's failure; the claim runs out by itself.
    }
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
}

/** Errors of the exchange say whether bytes may have left; one that does not say so may have. */
function wasNeverSent(error: LoginError): boolean {
  return error.code === 'overloaded' || ('sent' in error && error.sent === false)
}
