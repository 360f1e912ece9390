import { setTimeout as sleep } from 'node:timers/promises'
import type { Origin } from '../events'
import type { Log } from '../log'
import type { Patience } from '../patience'
import { startDeadline } from '../upstream/deadline'
import type { ForgivingCache } from './access-token-cache'
import { type Failed, type FetchState, failed, failedLately, IDLE } from './access-token-fetch'
import {
  ABSENT,
  type AccessTokenState,
  givenAgainLately,
  hold,
  isNews,
  isRefused,
  refuse,
  usable,
} from './access-token-state'
import type { AccessToken, StableToken } from './stable-token'

export interface AccessTokenKeeperOptions {
  appid: string
  fetchToken: StableToken
  cache: ForgivingCache
  patience: Pick<Patience, 'leaseMs' | 'leasePollMs'>
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
  /** How far into its last five minutes an access_token is renewed. Called for each one. */
  jitterMs: () => number
}

/**
 * Keeps the access_token of one app. It is fetched when it is first needed. In its last five minutes
 * the next one is fetched while callers still get the present one. One request at a time leaves this
 * process. As long as the cache works, only one instance of all asks.
 */
export class AccessTokenKeeper {
  readonly #options: AccessTokenKeeperOptions
  #state: AccessTokenState = ABSENT
  #fetch: FetchState = IDLE

  constructor(options: AccessTokenKeeperOptions) {
    this.#options = options
  }

  /** @throws LoginError with whatever kept WeChat from giving an access_token */
  async get(origin: Origin): Promise<AccessToken> {
    const now = this.#options.now()
    const held = usable(this.#state, now)
    if (!held) return this.#renew(origin)
    // The caller has an access_token that works: it neither waits for the next one nor hears of a
    // failure.
    if (now >= held.renewAt) this.#renew(origin).catch(() => {})
    return held.token
  }

  /**
   * Another access_token than the one that WeChat refused. The first caller has it fetched; the
   * others get the same new one.
   */
  async replace(refused: string, origin: Origin): Promise<AccessToken> {
    const again = givenAgainLately(this.#state, refused, this.#options.now())
    if (again) return again
    await this.#giveUp(refused, origin)
    const wasUnderWay = this.#fetch.kind === 'under-way'
    const token = await this.get(origin)
    if (token.value !== refused || !wasUnderWay) return token
    // The request that brought it had left before WeChat refused it.
    this.#state = refuse(this.#state, refused)
    return this.get(origin)
  }

  async #giveUp(refused: string, origin: Origin): Promise<void> {
    const { cache, appid } = this.#options
    const state = refuse(this.#state, refused)
    if (state === this.#state) return
    this.#state = state
    await cache.drop(refused, { appid, origin })
  }

  #renew(origin: Origin): Promise<AccessToken> {
    if (this.#fetch.kind === 'under-way') return this.#fetch.answer
    const { now } = this.#options
    const failure = failedLately(this.#fetch, now())
    const answer = this.#obtain(failure, origin).then(
      token => {
        this.#fetch = IDLE
        return token
      },
      (error: unknown) => {
        this.#fetch = failure && error === failure.error ? failure : failed(error, now())
        throw error
      },
    )
    this.#fetch = { kind: 'under-way', answer }
    return answer
  }

  async #obtain(failure: Failed | undefined, origin: Origin): Promise<AccessToken> {
    if (!failure) return this.#obtainInTurn(origin)
    // WeChat is left alone for now. Another instance may have had better luck.
    const shared = await this.#takeShared(origin)
    if (shared) return shared
    throw failure.error
  }

  /**
   * Waits for the instance that is asking WeChat, and asks WeChat only if no instance is. The wait
   * ends with the lease: a holder that died keeps nobody waiting for longer. WeChat gives all who
   * ask the same access_token, so the lease saves calls and nothing else depends on it.
   */
  async #obtainInTurn(origin: Origin): Promise<AccessToken> {
    const { appid, cache, patience } = this.#options
    const asking = { appid, origin }
    const wait = startDeadline(patience.leaseMs)
    for (;;) {
      const release = await cache.lease(patience.leaseMs, asking)
      try {
        // The cache is read after the lease was taken: the holder before us may have just filled it.
        const shared = await this.#takeShared(origin)
        if (shared) return shared
        if (release || wait.leftMs() < 0) return await this.#ask(origin)
      } finally {
        void release?.()
      }
      await sleep(patience.leasePollMs)
    }
  }

  async #takeShared(origin: Origin): Promise<AccessToken | undefined> {
    const { appid, cache, now } = this.#options
    const shared = await cache.read({ appid, origin })
    return shared && isNews(this.#state, shared, now()) ? this.#hold(shared) : undefined
  }

  async #ask(origin: Origin): Promise<AccessToken> {
    const { appid, cache, fetchToken, log } = this.#options
    const token = await fetchToken({ appid, origin })
    if (isRefused(this.#state, token.value)) {
      log.warn('access_token_unchanged', { appid, request_id: origin.requestId })
    }
    await cache.write(token, { appid, origin })
    return this.#hold(token)
  }

  #hold(token: AccessToken): AccessToken {
    const { now, jitterMs } = this.#options
    this.#state = hold(this.#state, token, { now: now(), jitterMs: jitterMs() })
    return token
  }
}
