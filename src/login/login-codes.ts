import { setTimeout as sleep } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { type ErrorCode, LoginError } from '../errors'
import type { Patience } from '../patience'
import { CODE_RECORD_MS, type LoginCode } from '../store/contract/codes'
import type { Store } from '../store/contract/store'
import { randomBytes } from '../token/random'
import type { Deadline } from '../upstream/deadline'

/** One caller's try to log in with a code. */
export interface LoginAttempt {
  readonly code: string
  readonly appid: string
  /** Names the code in the store, where the code itself never rests. */
  readonly codeHash: string
  readonly idempotencyHash: string | null
}

/** Who may exchange a code: we, under the name `owner`, or somebody whose outcome is known. */
export type CodeClaim =
  | { readonly isOurs: true; readonly owner: string }
  | {
      readonly isOurs: false
      readonly outcome: LoginCode
      /** Whether the other caller's login was under way when we came. */
      readonly wasUnderWay: boolean
      /** When we came. Milliseconds since 1970. */
      readonly cameAt: number
    }

/** How a caller waits for what comes of somebody else's exchange. */
export interface Waiting {
  readonly deadline: Deadline
  /** Called where it has to wait, before it does. */
  begins(): void
}

export interface LoginCodesOptions {
  store: { readonly codes: Store['codes'] }
  /** Longest time that an exchange may take, in milliseconds. */
  exchangeTimeoutMs: number
  /** Longest time that a host's hook may take before the code is settled, in milliseconds. */
  hookLimitMs: number
  patience: Pick<Patience, 'claimGraceMs' | 'claimPollMs'>
  /** Milliseconds since 1970. */
  now: () => number
}

/** Failures that are kept here until other callers ask for them. */
const MAX_UNSETTLED = 10_000

/** Login codes among all instances: who exchanges one, and what came of it. */
export class LoginCodes {
  readonly #store: LoginCodesOptions['store']
  readonly #now: () => number
  readonly #pollMs: number
  /** A caller that has not settled its code after so long is taken for dead. */
  readonly #claimLifeMs: number
  /** Failures of our exchanges that the store did not take, by owner. */
  readonly #unsettled = new LRUCache<string, LoginError>({ max: MAX_UNSETTLED })
  /** Looks for the outcome of a code that somebody else has: one for each code, whoever waits. */
  readonly #polls = new Map<string, Promise<LoginCode>>()

  constructor(options: LoginCodesOptions) {
    const { store, exchangeTimeoutMs, hookLimitMs, patience, now } = options
    this.#store = store
    this.#now = now
    this.#pollMs = patience.claimPollMs
    this.#claimLifeMs = exchangeTimeoutMs + hookLimitMs + patience.claimGraceMs
  }

  /**
   * Takes the code for us, or waits for whoever has it. 1,000 Idempotency-Keys under one code once
   * polled the store 1,000 times each 25 ms, and 14 checks were served in 1.5 s instead of 979.
   *
   * @throws LoginError `wechat_unavailable` when the other caller never reached WeChat,
   *   `wechat_timeout` when it was not done by our deadline
   */
  async claim(attempt: LoginAttempt, waiting: Waiting): Promise<CodeClaim> {
    const { codeHash } = attempt
    // Callers here wait for the code already: it is not ours, and the store need not say so again.
    if (this.#polls.has(codeHash)) return this.#waitFor(codeHash, waiting)
    const owner = randomBytes(12).toString('base64url')
    const known = await this.#claimInStore(attempt, owner)
    if (!known) return { isOurs: true, owner }
    if (known.status === 'claimed') return this.#waitFor(codeHash, waiting)
    return { isOurs: false, outcome: known, wasUnderWay: false, cameAt: this.#now() }
  }

  /** What came of a code whose exchange is over; undefined for any other code. */
  async settled(codeHash: string): Promise<LoginCode | undefined> {
    const code = await this.#store.codes.find(codeHash)
    return code?.status === 'claimed' ? undefined : code
  }

  /** Exchanges a code that is ours. If that fails, whoever repeats the code gets the same error. */
  async exchanging<T>(
    attempt: LoginAttempt,
    { owner, deadline }: { readonly owner: string; readonly deadline: Deadline },
    exchange: () => Promise<T>,
  ): Promise<T> {
    try {
      return await exchange()
    } catch (error) {
      const failure = error instanceof LoginError ? error : new LoginError('internal')
      const noting = this.#fail(attempt.codeHash, owner, failure)
      // A caller whose time is over does not wait for the note: a 504 comes by the deadline.
      await deadline.within(noting, () => failure).catch(() => {})
      throw error
    }
  }

  /**
   * Does what follows the exchange. If that fails, whoever repeats the code gets `code_used`; or
   * `user_disabled` and `login_refused`, which are no failures but the answer.
   */
  async finishing<T>(attempt: LoginAttempt, owner: string, finish: () => Promise<T>) {
    try {
      return await finish()
    } catch (error) {
      // WeChat has spent the code. A store that has just failed may take its time over this note,
      // so nobody waits for it.
      const answer = isRefusal(error) ? error : new LoginError('code_used')
      void this.#fail(attempt.codeHash, owner, answer)
      throw error
    }
  }

  async #claimInStore({ codeHash, idempotencyHash }: LoginAttempt, owner: string) {
    const now = this.#now()
    const life = { now, expiresAt: now + CODE_RECORD_MS }
    try {
      return await this.#store.codes.claim({ codeHash, owner, idempotencyHash, ...life })
    } catch (error) {
      // A claim that failed may be written all the same, and then nobody would exchange the code.
      // One that was refused for overload was not sent, and the store needs no more work.
      if (!isOverloaded(error)) this.#store.codes.release(codeHash, owner).catch(() => {})
      throw error
    }
  }

  async #waitFor(codeHash: string, { deadline, begins }: Waiting): Promise<CodeClaim> {
    begins()
    const cameAt = this.#now()
    const late = () => new LoginError('wechat_timeout', { reason: 'other_caller' })
    const outcome = await deadline.within(this.#outcomeOf(codeHash), late)
    return { isOurs: false, outcome, wasUnderWay: true, cameAt }
  }

  #outcomeOf(codeHash: string): Promise<LoginCode> {
    const under = this.#polls.get(codeHash)
    if (under) return under
    const poll = this.#poll(codeHash).finally(() => this.#polls.delete(codeHash))
    this.#polls.set(codeHash, poll)
    return poll
  }

  /** Waits until another caller's exchange is over, or that caller is taken for dead. */
  async #poll(codeHash: string): Promise<LoginCode> {
    const begun = performance.now()
    // Apart, because a time in the store may be anything, and NaN is later than nothing.
    const isLate = (claimedAt: number) =>
      performance.now() - begun > this.#claimLifeMs || this.#now() - claimedAt > this.#claimLifeMs
    for (;;) {
      await sleep(this.#pollMs)
      const code = await this.#store.codes.find(codeHash)
      if (!code) throw new LoginError('wechat_unavailable', { reason: 'released' })
      if (code.status !== 'claimed') return code
      const failure = this.#unsettled.get(code.owner)
      // WeChat may have seen the code of a caller that died, so nobody sends the code again.
      if (failure) await this.#settle(codeHash, code.owner, failure)
      else if (isLate(code.claimedAt)) {
        await this.#settle(codeHash, code.owner, new LoginError('wechat_timeout'))
      }
    }
  }

  async #fail(codeHash: string, owner: string, failure: LoginError): Promise<void> {
    try {
      if (wasNeverSent(failure)) await this.#store.codes.release(codeHash, owner)
      else await this.#settle(codeHash, owner, failure)
    } catch {
      this.#unsettled.set(owner, failure)
    }
  }

  async #settle(codeHash: string, owner: string, failure: LoginError): Promise<void> {
    const { code: error, wxErrcode = null } = failure
    await this.#store.codes.fail(codeHash, { owner, error, wxErrcode, now: this.#now() })
  }
}

/** Whether the code surely never left. An error that does not say so may have sent it. */
function wasNeverSent(error: LoginError): boolean {
  return isOverloaded(error) || ('sent' in error && error.sent === false)
}

const REFUSALS: readonly ErrorCode[] = ['user_disabled', 'login_refused']

function isRefusal(error: unknown): error is LoginError {
  return error instanceof LoginError && REFUSALS.includes(error.code)
}

function isOverloaded(error: unknown): boolean {
  return error instanceof LoginError && error.code === 'overloaded'
}
