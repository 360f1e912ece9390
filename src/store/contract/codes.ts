/** A code lives 5 minutes at WeChat. After 10 minutes WeChat surely refuses it by itself. */
export const CODE_RECORD_MS = 600_000

/** Login codes: which caller of all instances exchanges one, and what came of it. */
export interface Codes {
  /**
   * Takes a login code for one caller among all instances. Resolves to undefined when it is now
   * this caller's, else to what is known of the code. A power cut may undo a claim.
   */
  claim(claim: CodeClaim): Promise<LoginCode | undefined>
  find(codeHash: string): Promise<LoginCode | undefined>
  /** Frees a code that surely never reached WeChat, so that it can be tried again. */
  release(codeHash: string, owner: string): Promise<void>
  /** Settles a code whose exchange failed. Whoever repeats the code gets the same error. */
  fail(codeHash: string, failure: CodeFailure): Promise<void>
}

export interface CodeClaim {
  /** One-way keyed digest of appid and code: the code itself never rests in a store. */
  readonly codeHash: string
  /** Random name of this attempt. */
  readonly owner: string
  /** Keyed digest of the caller's Idempotency-Key, bound to the code. */
  readonly idempotencyHash: string | null
  readonly now: number
  /** When the record may be forgotten: WeChat refuses the code by itself long before. */
  readonly expiresAt: number
}

export interface LoginCode {
  readonly status: 'claimed' | 'done' | 'failed'
  readonly owner: string
  readonly idempotencyHash: string | null
  readonly claimedAt: number
  readonly settledAt: number | null
  /** The session of a login that is done: sealed, because who writes the store could swap it. */
  readonly sessionRef: string | null
  /** Where that session is to be looked for; not to be believed. */
  readonly userId: string | null
  readonly isNewUser: boolean
  /** Of a login that failed: the name of the error. */
  readonly error: string | null
  /** Of a login that failed: WeChat's errcode. */
  readonly wxErrcode: number | null
}

export interface CodeFailure {
  readonly owner: string
  readonly error: string
  readonly wxErrcode: number | null
  readonly now: number
}
