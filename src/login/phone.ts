import { type ErrorCode, type ErrorText, LoginError } from '../errors'
import type { Session, Store } from '../store/store'
import { digest } from '../token/keys'
import type { AskPhoneNumber, PhoneNumber } from '../wx/phone-number'
import { createSingleFlight } from './single-flight'

export interface PhoneOptions {
  askPhoneNumber: AskPhoneNumber
  store: Pick<Store, 'findCode' | 'updateProfile' | 'ping'>
}

export interface Phone {
  ask(session: Session, code: string): Promise<PhoneNumber>
  /** Resolves once no number is under way, to whether any was: each is paid for. */
  settled(): Promise<boolean>
}

const LOGIN_CODE: ErrorText = {
  zh: '这是 wx.login 的 code；这里需要手机号按钮回调中的 e.detail.code',
  en: 'This is a code of wx.login: send the phone button’s own, e.detail.code.',
}

/** What the general texts would say wrongly: a new login brings no new phone code. */
const TEXTS: Partial<Record<ErrorCode, ErrorText>> = {
  code_invalid: {
    zh: '手机号 code 无效、已过期、已被使用或属于他人，请再次点击手机号按钮（wx.login 的 code 在这里无效）',
    en: 'The phone code is invalid, expired, used or another user’s: tap the phone button again. A code of wx.login is not valid here.',
  },
  code_used: {
    zh: '手机号 code 已被使用，请再次点击手机号按钮',
    en: 'The phone code was already used: tap the phone button again.',
  },
  wechat_bad_answer: {
    zh: '微信返回了无法识别的结果，请再次点击手机号按钮',
    en: 'WeChat gave an answer that cannot be used: tap the phone button again.',
  },
  wechat_unavailable: {
    zh: '暂时连不上微信，请稍后再次点击手机号按钮',
    en: 'WeChat cannot be reached right now: tap the phone button again in a moment.',
  },
  wechat_quota: {
    zh: '微信接口调用超限，请稍后再次点击手机号按钮',
    en: 'WeChat’s call quota is used up for now: tap the phone button again later.',
  },
  wechat_timeout: {
    zh: '等待微信超时，请再次点击手机号按钮',
    en: 'WeChat did not answer in time: tap the phone button again.',
  },
}

/** About 32 letters and digits is what codes of wx.login look like; the phone button's are longer. */
const LOOKS_LIKE_LOGIN_CODE = /^[0-9A-Za-z]{24,40}$/

/**
 * The phone number behind a code of the phone button, which is then the user's. Each code costs
 * money and works once: what may have reached WeChat is never sent again.
 *
 * @throws LoginError `code_invalid`, saying so where the code is one of wx.login
 */
export function createPhone({ askPhoneNumber, store }: PhoneOptions): Phone {
  /** A button tapped twice, or a client that repeats itself, shares the one answer. */
  const flights = createSingleFlight<PhoneNumber>()

  async function ask({ appid, openid, userId }: Session, code: string): Promise<PhoneNumber> {
    // Spent, a code is paid for: it is sent only while its number could be kept.
    const [known] = await Promise.all([store.findCode(digest(appid, code)), store.ping()])
    if (known) {
      throw new LoginError('code_invalid', { text: LOGIN_CODE, reason: 'login_code' })
    }
    const number = await askPhoneNumber({ appid, openid }, code).catch(error => {
      throw explained(error, code)
    })
    await store.updateProfile(userId, { phoneNumber: number.phoneNumber })
    return number
  }

  return {
    ask: (session, code) => flights.join(digest(session.userId, code), () => ask(session, code)),
    settled: flights.settled,
  }
}

function explained(error: unknown, code: string): unknown {
  if (!(error instanceof LoginError)) return error
  if (error.wxErrcode === 40029 && LOOKS_LIKE_LOGIN_CODE.test(code)) {
    return error.saying(LOGIN_CODE, 'login_code')
  }
  const text = TEXTS[error.code]
  return text ? error.saying(text) : error
}
