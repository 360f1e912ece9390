import { randomBytes } from 'node:crypto'

/** A new access_token lives two hours. */
const LIFETIME_MS = 7200_000

/** A token and its successor both work for this long. */
export const OVERLAP_MS = 5 * 60_000

const FORM = /^SIM_[\w-]{132}$/

/** One access_token, from the moment when an app was given it. */
export class IssuedToken {
  /** Whether a text has the form of a token, whoever gave it. */
  static looksLike(value: string): boolean {
    return FORM.test(value)
  }

  readonly value = `SIM_${randomBytes(99).toString('base64url')}`
  readonly appid: string
  /** WeChat revoked the token, and `stable_token` goes on giving it. */
  stillGiven = false
  readonly #now: () => number
  /** The end that the caller was told. */
  #expiresAt: number
  /** The real end: a successor shortens it, or lengthens it to a full overlap. */
  #worksUntil: number
  #killed = false

  constructor(appid: string, now: () => number) {
    this.appid = appid
    this.#now = now
    this.#expiresAt = now() + LIFETIME_MS
    this.#worksUntil = this.#expiresAt
  }

  get lives(): boolean {
    return !this.#killed && this.#now() < this.#worksUntil
  }

  /** How long the token lives on, as far as the caller was told, ms. Negative after the end. */
  get remainingMs(): number {
    return this.#expiresAt - this.#now()
  }

  /** Why the token opens nothing: its two hours are over, or WeChat ended it before. */
  get refusal(): 40001 | 42001 {
    return !this.#killed && this.remainingMs <= 0 ? 42001 : 40001
  }

  /** The token has a successor: it works 5 minutes more. */
  succeed(): void {
    this.#worksUntil = this.#now() + OVERLAP_MS
  }

  kill(): void {
    this.#killed = true
  }

  /** The two hours are over now. */
  expire(): void {
    this.#expiresAt = this.#now()
    this.#worksUntil = this.#now()
  }
}
