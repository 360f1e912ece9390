import { DAY_MS } from '../core/quota'
import { IssuedToken, OVERLAP_MS } from './issued-token'
import type { Quotas } from './quotas'

/** A forced refresh sooner after another one does not refresh. */
const FORCED_APART_MS = 30_000

/** Dead tokens are remembered for this long, to tell an expired one from an invented one. */
const MEMORY_MS = DAY_MS

/** What an app may be given, or why not. */
export type TokenAnswer =
  | { readonly token: string; readonly expiresIn: number }
  | { readonly errcode: 45009 | 45011 }

export interface KillOptions {
  /**
   * `stable_token` goes on giving the dead token in normal mode, until a forced refresh. Default
   * false: its next answer is a new token.
   */
  stillGiven?: boolean
}

/** appid -> the tokens of one API that overlap, newest last. */
type Family = Map<string, IssuedToken[]>

/** The access_tokens of every app. The tokens of `stable_token` and those of `token` never meet. */
export class AccessTokens {
  readonly #now: () => number
  readonly #quotas: Quotas
  readonly #issued = new Map<string, IssuedToken>()
  readonly #stable: Family = new Map()
  readonly #plain: Family = new Map()
  readonly #forcedAt = new Map<string, number>()

  constructor({ now, quotas }: { now: () => number; quotas: Quotas }) {
    this.#now = now
    this.#quotas = quotas
  }

  /** `stable_token`: the same token again, unless it is about to end or `force` asks for another. */
  stable(appid: string, force: boolean): TokenAnswer {
    if (!this.#quotas.stableTokenMinute.take(appid)) return { errcode: 45011 }
    if (!this.#quotas.stableTokenDay.take(appid)) return { errcode: 45009 }
    const forcedAt = this.#forcedAt.get(appid) ?? Number.NEGATIVE_INFINITY
    if (force && this.#now() - forcedAt >= FORCED_APART_MS) return this.#force(appid)
    const current = this.#stable.get(appid)?.at(-1)
    const isGiven = current !== undefined && (current.lives || current.stillGiven)
    const isLong = isGiven && current.remainingMs >= OVERLAP_MS
    return answer(isLong ? current : this.#mint(this.#stable, appid))
  }

  /** `token`: a new one each time. */
  plain(appid: string): TokenAnswer {
    if (!this.#quotas.tokenDay.take(appid)) return { errcode: 45009 }
    return answer(this.#mint(this.#plain, appid))
  }

  /** Whose token this is, or why it opens nothing. */
  check(value: string): { appid: string } | { errcode: 40001 | 40014 | 41001 | 42001 } {
    if (value === '') return { errcode: 41001 }
    const token = this.#issued.get(value)
    // One that this simulator gave before its last start is "not latest"; WeChat has forgotten it, too.
    if (token === undefined) return { errcode: IssuedToken.looksLike(value) ? 40001 : 40014 }
    return token.lives ? { appid: token.appid } : { errcode: token.refusal }
  }

  /** Every living token of the app is dead from now on: 40001. */
  kill(appid: string, { stillGiven = false }: KillOptions = {}): void {
    for (const token of this.#livingOf(appid)) {
      token.kill()
      token.stillGiven = stillGiven
    }
  }

  /** Every living token of the app has lived its two hours: 42001. */
  expire(appid: string): void {
    for (const token of this.#livingOf(appid)) token.expire()
  }

  #force(appid: string): TokenAnswer {
    if (!this.#quotas.forcedRefreshDay.take(appid)) return { errcode: 45009 }
    this.#forcedAt.set(appid, this.#now())
    // All but the newest die at once. So two forced calls, 30 s apart, kill a leaked token.
    for (const token of (this.#stable.get(appid) ?? []).slice(0, -1)) token.kill()
    return answer(this.#mint(this.#stable, appid))
  }

  /** A new token. The one before it works for the overlap. */
  #mint(family: Family, appid: string): IssuedToken {
    this.#forgetOld()
    const before = (family.get(appid) ?? []).filter(token => token.lives)
    before.at(-1)?.succeed()
    const token = new IssuedToken(appid, this.#now)
    this.#issued.set(token.value, token)
    family.set(appid, [...before, token])
    return token
  }

  #livingOf(appid: string): IssuedToken[] {
    return [...this.#issued.values()].filter(token => token.appid === appid && token.lives)
  }

  /** A Map keeps the order of insertion, so the old tokens come first. */
  #forgetOld(): void {
    for (const [value, token] of this.#issued) {
      if (token.remainingMs >= -MEMORY_MS) return
      this.#issued.delete(value)
    }
  }
}

function answer(token: IssuedToken): TokenAnswer {
  return { token: token.value, expiresIn: Math.floor(token.remainingMs / 1000) }
}
