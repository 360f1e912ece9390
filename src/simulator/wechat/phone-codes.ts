import { randomBytes } from 'node:crypto'
import { CodeBook } from './code-book'
import { userOfPhoneCode } from './code-names'

/** 64 hex characters is what the documents show. */
const WELL_FORMED = /^[0-9a-f]{64}$/

/** Whose telephone number, and which. Without a number: the one that the user has here. */
export interface PhoneGrant {
  readonly user: string
  readonly phoneNumber?: string
  readonly countryCode?: string
}

/** The codes of the phone button. They are another kind than those of wx.login. */
export interface PhoneCodes {
  mint(appid: string, grant: PhoneGrant): string
  /**
   * Spends the code. A code of another app is 40013 and stays good: WeChat looks at the app first.
   * @param isUser whether the caller agrees that the code is this user's; if not, 40003
   */
  exchange(
    code: string,
    appid: string,
    isUser: (user: string) => boolean,
  ): PhoneGrant | { errcode: 40003 | 40013 | 40029 }
  /** Spends the code without giving the number. */
  burn(code: string, appid: string): void
  forget(): void
}

/** @param options.adoptUnknown whether an unknown code that looks real is one of `devtools` */
export function createPhoneCodes(options: {
  now: () => number
  adoptUnknown: boolean
}): PhoneCodes {
  const { now, adoptUnknown } = options
  const adopt = (code: string): PhoneGrant | undefined => {
    const user =
      userOfPhoneCode(code) ?? (adoptUnknown && WELL_FORMED.test(code) ? 'devtools' : undefined)
    return user === undefined ? undefined : { user }
  }
  const book = new CodeBook<PhoneGrant>({ now, adopt })
  return {
    mint(appid, grant) {
      const code = randomBytes(32).toString('hex')
      book.add(code, appid, grant)
      return code
    },
    exchange(code, appid, isUser) {
      const issued = book.find(code, appid)
      if (issued === undefined) return { errcode: 40029 }
      if (issued.appid !== appid) return { errcode: 40013 }
      // A login code that comes again has an errcode of its own (40163). A phone code has none.
      if (issued.spent || !book.isFresh(issued)) return { errcode: 40029 }
      issued.spent = true
      return isUser(issued.entry.user) ? issued.entry : { errcode: 40003 }
    },
    burn: (code, appid) => book.burn(code, appid),
    forget: () => book.forget(),
  }
}

/** A number as WeChat spells it: `phoneNumber` has the country code only if it is a foreign one. */
export function phoneFields(purePhoneNumber: string, countryCode = '86') {
  const phoneNumber = countryCode === '86' ? purePhoneNumber : countryCode + purePhoneNumber
  return { phoneNumber, purePhoneNumber, countryCode }
}
