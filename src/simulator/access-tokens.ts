import { randomBytes } from 'node:crypto'

import { createQuota, DAY_MS, MINUTE_MS, type Quota } from './quota'

/** A new token lives two hours. */
const LIFETIME_MS = 7200_000

/** Both the length of the overlap and the last part of a life in which the successor is given. */
const OVERLAP_MS = 5 * MINUTE_MS

const FORCED_APART_MS = 30_000

/** Dead tokens are remembered for this long, to tell an expired one from an invented one. */
const MEMORY_MS = DAY_MS

/** Calls per app. The daily limit of the plain API is on no page: 2,000 is what staff say. */
const LIMITS = { stableMinute: 10_000, stableDay: 500_000, forcedDay: 20, plainDay: 2000 } as const

interface Token {
  readonly value: string
  readonly appid: string
  /** The end that the caller was told. */
  expiresAt: number
  /** The end in fact: a successor shortens it, or lengthens it to a full overlap. */
  worksUntil: number
  killed: boolean
}

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

/** The access_tokens of every app. Those of `stable_token` and of `token` never meet. */
export interface AccessTokens {
  /** `stable_token`: the same token again, unless it is about to end or `force` asks for another. */
  stable(appid: string, force: boolean): TokenAnswer
  /** `token`: a new one each time. */
  plain(appid: string): TokenAnswer
  /** Whose token this is, or why it opens nothing. */
  check(value: string): { appid: string } | { errcode: 40001 | 40014 | 41001 | 42001 }
  /** Every living token of the app is dead from now on: 40001. */
  kill(appid: string, options?: KillOptions): void
  /** Every living token of the app has lived its two hours: 42001. */
  expire(appid: string): void
  /** Forgets how often the APIs were called. Tokens stay. */
  forgetQuotas(): void
}

export function createAccessTokens({ now }: { now: () => number }): AccessTokens {
  const issued = new Map<string, Token>()
  const stableTokens = new Map<string, Token[]>()
  const plainTokens = new Map<string, Token[]>()
  const stillGiven = new WeakSet<Token>()
  const forcedAt = new Map<string, number>()
  const quotas = createQuotas(now)

  const lives = (token: Token) => !token.killed && now() < token.worksUntil
  const remaining = (token: Token) => token.expiresAt - now()
  const answer = (token: Token): TokenAnswer => ({
    token: token.value,
    expiresIn: Math.floor(remaining(token) / 1000),
  })

  /** A new token, newest last; those before it live on for the overlap at most. */
  const mint = (family: Map<string, Token[]>, appid: string): TokenAnswer => {
    forgetOld(issued, now() - MEMORY_MS)
    const before = (family.get(appid) ?? []).filter(lives)
    const newest = before.at(-1)
    if (newest) newest.worksUntil = now() + OVERLAP_MS
    const expiresAt = now() + LIFETIME_MS
    const value = `SIM_${randomBytes(99).toString('base64url')}`
    const token = { value, appid, expiresAt, worksUntil: expiresAt, killed: false }
    issued.set(value, token)
    family.set(appid, [...before, token])
    return answer(token)
  }

  const force = (appid: string): TokenAnswer => {
    if (!quotas.forcedDay.take(appid)) return { errcode: 45009 }
    forcedAt.set(appid, now())
    // All but the newest die at once, which is how two forced calls kill a leaked token.
    for (const token of (stableTokens.get(appid) ?? []).slice(0, -1)) token.killed = true
    return mint(stableTokens, appid)
  }

  const livingOf = (appid: string) =>
    [...issued.values()].filter(t => t.appid === appid && lives(t))

  return {
    stable(appid, forced) {
      if (!quotas.stableMinute.take(appid)) return { errcode: 45011 }
      if (!quotas.stableDay.take(appid)) return { errcode: 45009 }
      const lastForced = forcedAt.get(appid) ?? Number.NEGATIVE_INFINITY
      if (forced && now() - lastForced >= FORCED_APART_MS) return force(appid)
      const current = stableTokens.get(appid)?.at(-1)
      const given = current && (lives(current) || stillGiven.has(current))
      return given && remaining(current) >= OVERLAP_MS ? answer(current) : mint(stableTokens, appid)
    },
    plain(appid) {
      return quotas.plainDay.take(appid) ? mint(plainTokens, appid) : { errcode: 45009 }
    },
    check(value) {
      if (value === '') return { errcode: 41001 }
      const token = issued.get(value)
      if (token === undefined) return { errcode: 40014 }
      if (lives(token)) return { appid: token.appid }
      return { errcode: !token.killed && remaining(token) <= 0 ? 42001 : 40001 }
    },
    kill(appid, options = {}) {
      for (const token of livingOf(appid)) {
        token.killed = true
        if (options.stillGiven) stillGiven.add(token)
      }
    },
    expire(appid) {
      for (const token of livingOf(appid)) {
        token.expiresAt = now()
        token.worksUntil = now()
      }
    },
    forgetQuotas() {
      for (const quota of Object.values(quotas)) quota.forget()
    },
  }
}

function createQuotas(now: () => number): Readonly<Record<keyof typeof LIMITS, Quota>> {
  const daily = (limit: number) => createQuota({ limit, windowMs: DAY_MS, now })
  return {
    stableMinute: createQuota({ limit: LIMITS.stableMinute, windowMs: MINUTE_MS, now }),
    stableDay: daily(LIMITS.stableDay),
    forcedDay: daily(LIMITS.forcedDay),
    plainDay: daily(LIMITS.plainDay),
  }
}

/** A Map keeps the order of insertion, so the old ones come first. */
function forgetOld(issued: Map<string, Token>, before: number): void {
  for (const [value, token] of issued) {
    if (token.expiresAt >= before) return
    issued.delete(value)
  }
}
