import { randomInt } from 'node:crypto'

import { userOfCode } from './code-names'

/** A code lives 5 minutes (page wx.login). */
const CODE_LIFETIME_MS = 5 * 60_000

/** How long a minted code is remembered: after that it is as unknown as an invented one. */
const MEMORY_MS = 60 * 60_000

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** "About 32 alphanumeric characters" is what real codes look like; no length is documented. */
const WELL_FORMED = /^[0-9A-Za-z]{24,40}$/

interface Login {
  readonly appid: string
  readonly user: string
  readonly mintedAt: number
  spent: boolean
}

/** The codes of wx.login: who asked for them, and whether they are still good. */
export interface Codes {
  mint(appid: string, user: string): string
  /** Spends the code, also when the answer is 40029: a failed exchange burns it. */
  exchange(code: string, appid: string): { user: string } | { errcode: 40029 | 40163 }
  /** Spends the code without a login. Codes that were never minted stay unknown. */
  burn(code: string, appid: string): void
  forget(): void
}

export function createCodes(options: { now: () => number; adoptUnknown: boolean }): Codes {
  const { now, adoptUnknown } = options
  const minted = new Map<string, Login>()
  const adopted = new Map<string, Login>()

  /** A code that was not minted here is bound to the first app that shows it. */
  const adopt = (code: string, appid: string): Login | undefined => {
    const user =
      userOfCode(code) ?? (adoptUnknown && WELL_FORMED.test(code) ? 'devtools' : undefined)
    if (user === undefined) return undefined
    const login = { appid, user, mintedAt: now(), spent: false }
    adopted.set(code, login)
    return login
  }
  const find = (code: string, appid: string) =>
    minted.get(code) ?? adopted.get(code) ?? adopt(code, appid)

  return {
    mint(appid, user) {
      forgetOld(minted, now() - MEMORY_MS)
      const code = Array.from({ length: 32 }, () => ALPHABET[randomInt(62)]).join('')
      minted.set(code, { appid, user, mintedAt: now(), spent: false })
      return code
    },
    exchange(code, appid) {
      const login = find(code, appid)
      if (login === undefined) return { errcode: 40029 }
      if (login.spent) return { errcode: 40163 }
      login.spent = true
      const fresh = now() - login.mintedAt < CODE_LIFETIME_MS
      return fresh && login.appid === appid ? { user: login.user } : { errcode: 40029 }
    },
    burn(code, appid) {
      const login = find(code, appid)
      if (login !== undefined) login.spent = true
    },
    forget() {
      minted.clear()
      adopted.clear()
    },
  }
}

/** A Map keeps the order of insertion, so the old ones come first. */
function forgetOld(logins: Map<string, Login>, before: number): void {
  for (const [code, login] of logins) {
    if (login.mintedAt >= before) return
    logins.delete(code)
  }
}
