import { randomInt } from 'node:crypto'

import { createCodeBook } from './code-book'
import { userOfCode } from './code-names'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** "About 32 alphanumeric characters" is what real codes look like; no length is documented. */
const WELL_FORMED = /^[0-9A-Za-z]{24,40}$/

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
  const adopt = (code: string): string | undefined =>
    userOfCode(code) ?? (adoptUnknown && WELL_FORMED.test(code) ? 'devtools' : undefined)
  const book = createCodeBook<string>({ now, adopt })
  return {
    mint(appid, user) {
      const code = Array.from({ length: 32 }, () => ALPHABET[randomInt(62)]).join('')
      book.add(code, appid, user)
      return code
    },
    exchange(code, appid) {
      const login = book.find(code, appid)
      if (login === undefined) return { errcode: 40029 }
      if (login.spent) return { errcode: 40163 }
      login.spent = true
      const good = book.isFresh(login) && login.appid === appid
      return good ? { user: login.entry } : { errcode: 40029 }
    },
    burn: book.burn,
    forget: book.forget,
  }
}
