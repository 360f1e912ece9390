import { setTimeout as sleep } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { LoginError } from '../errors'
import type { LoginCode, Store } from '../store/store'
import { randomBytes } from '../token/random'

export interface LoginCodesOptions {
  store: Pick<Store, 'claimCode' | 'findCode' | 'releaseCode' | 'failCode'>
  /** Longest time that an exchange may take, in milliseconds. */
  exchangeTimeoutMs: number
  now: () => number
}

/** Ours to exchange, or already somebody's. */
export type Claim =
  | { readonly owner: string }
  | { readonly settled: LoginCode; readonly wasInFlight: boolean }

/** Who may exchange a code, among all instances. */
export interface LoginCodes {
  /**
   * Takes the code, or waits for whoever has it and tells what came of it.
   *
   * @throws LoginError `wechat_unavailable` when that one never reached WeChat
   */
  claim(codeHash: string, idempotencyHash: string | null): Promise<Claim>
  /** Settles a code that is ours and whose login failed. */
  fail(codeHash: string, owner: string, error: LoginError): Promise<void>
}

/** A code lives 5 minutes at WeChat; after twice that it cannot come back to life. */
const CODE_RECORD_MS = 600_000
/** On top of the exchange's deadline: after that a claim's owner is taken for dead. */
const CLAIM_GRACE_MS = 2000
const POLL_MS = 25

export function createLoginCodes(options: LoginCodesOptions): LoginCodes {
  const { store, now } = options
  const claimLifeMs = options.exchangeTimeoutMs + CLAIM_GRACE_MS
  /** Claims of ours that failed and could not be settled in the store, by owner. */
  const unsettled = new LRUCache<string, LoginError>({ max: 10_000 })

  async function claim(codeHash: string, idempotencyHash: string | null): Promise<Claim> {
    const owner = randomBytes(12).toString('base64url')
    const expiresAt = now() + CODE_RECORD_MS
    let known: LoginCode | undefined
    try {
      known = await store.claimCode({ codeHash, owner, idempotencyHash, now: now(), expiresAt })
    } catch (error) {
      // It may be written all the same, and then nobody would exchange the code.
      store.releaseCode(codeHash, owner).catch(() => {})
      throw error
    }
    if (!known) return { owner }
    if (known.status !== 'claimed') return { settled: known, wasInFlight: false }
    return { settled: await waitFor(codeHash), wasInFlight: true }
  }

  async function waitFor(codeHash: string): Promise<LoginCode> {
    const begun = performance.now()
    for (;;) {
      await sleep(POLL_MS)
      const code = await store.findCode(codeHash)
      if (!code) throw new LoginError('wechat_unavailable', { reason: 'released' })
      if (code.status !== 'claimed') return code
      const failed = unsettled.get(code.owner)
      const isDead = now() - code.claimedAt > claimLifeMs || performance.now() - begun > claimLifeMs
      // WeChat may have seen a dead owner's code, so nobody sends it again.
      if (failed) await settle(codeHash, code.owner, failed)
      else if (isDead) await settle(codeHash, code.owner, new LoginError('wechat_timeout'))
    }
  }

  async function settle(codeHash: string, owner: string, error: LoginError): Promise<void> {
    const { code, wxErrcode = null } = error
    await store.failCode(codeHash, { owner, error: code, wxErrcode, now: now() })
  }

  return {
    claim,
    async fail(codeHash, owner, error) {
      try {
        if (wasNeverSent(error)) await store.releaseCode(codeHash, owner)
        else await settle(codeHash, owner, error)
      } catch {
        unsettled.set(owner, error)
      }
    },
  }
}

/** Errors of the exchange say whether bytes may have left; one that does not say so may have. */
function wasNeverSent(error: LoginError): boolean {
  return error.code === 'overloaded' || ('sent' in error && error.sent === false)
}
