import { randomInt } from 'node:crypto'
import { CodeBook } from './code-book'
import { userOfCode } from './code-names'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** "About 32 alphanumeric characters" is what real codes look like; no length is documented. */
const WELL_FORMED = /^[0-9A-Za-z]{24,40}$/

/** The codes of wx.login: who asked for them, and whether they are still good. */
export interface Codes {
  mint(appid: string, user: string): string
  /** Spends the code, also when the answer is 40029: a failed exchange burns it. */
  exchange(code: string, appid: string): { user: string } | { errcode: 40029 | 40163 }
  /** Spends the code without a login. An unknown code stays unknown. */
  burn(code: string, appid: string): void
  forget(): void
}

/** @param options.adoptUnknown whether an unknown code that looks real is one of `devtools` */
export function createCodes(options: { now: () => number; adoptUnknown: boolean }): Codes {
  const { now, adoptUnknown } = options
  const adopt = (code: string): string | undefined =>
    userOfCode(code) ?? (adoptUnknown && WELL_FORMED.test(code) ? 'devtools' : undefined)
  const book = new CodeBook<string>({ now, adopt })
  return {
    mint(appid, user) {
      const code = Array.from({ length: 32 }, () => ALPHABET[randomInt(62)]).join('')
      book.add(code, appid, user)
      return code
    },
    exchange(code, appid) {
      const issued = book.find(code, appid)
      if (issued === undefined) return { errcode: 40029 }
      if (issued.spent) return { errcode: 40163 }
      issued.spent = true
      const good = book.isFresh(issued) && issued.appid === appid
      return good ? { user: issued.entry } : { errcode: 40029 }
    },
    burn: (code, appid) => book.burn(code, appid),
    forget: () => book.forget(),
  }
}
