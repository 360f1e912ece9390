import { type ErrorCode, type ErrorText, LoginError } from '../errors'
import type { Events, LoginEvent, Origin } from '../events'
import type { Session } from '../store/contract/sessions'
import type { Store } from '../store/contract/store'
import { digest } from '../token/digest'
import type { CodeNames } from './code-names'
import type { LoginPlatform, PhoneNumber } from './platform'
import { createSingleFlight } from './single-flight'
import { telling } from './telling'

export interface PhoneOptions {
  platform: Pick<LoginPlatform, 'getPhoneNumber'>
  store: {
    readonly codes: Pick<Store['codes'], 'find'>
    readonly users: Pick<Store['users'], 'update'>
    ping(): Promise<void>
  }
  names: Pick<CodeNames, 'codeHash'>
  events: Pick<Events, 'tell'>
}

/** The session that asks for a phone number. */
export type PhoneOwner = Pick<Session, 'id' | 'userId' | 'appid' | 'openid'>

export interface Phone {
  ask(session: PhoneOwner, phoneCode: string, origin: Origin): Promise<PhoneNumber>
  /** Resolves once no number is under way, to whether there was any. Each number costs money. */
  settled(): Promise<boolean>
}

const A_LOGIN_CODE = {
  text: {
    zh: '这是 wx.login 的 code；这里需要手机号按钮回调中的 e.detail.code',
    en: 'This is a code of wx.login: send the phone button’s own, e.detail.code.',
  },
  reason: 'login_code',
} as const

/** The general texts and their action ask for a new login, which brings no new phone code. */
const TEXTS: Partial<Record<ErrorCode, ErrorText>> = {
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

/** A code of wx.login is about 32 letters and digits. One of the phone button is longer. */
const LOOKS_LIKE_LOGIN_CODE = /^[0-9A-Za-z]{24,40}$/

/**
 * Asks WeChat for the phone number behind a phone code, and keeps the number on the user. Each code
 * costs money and works once, so a code that may have reached WeChat is never sent again.
 *
 * @throws LoginError `phone_code_invalid`, which says so where the code is one of wx.login
 */
export function createPhone({ platform, store, names, events }: PhoneOptions): Phone {
  /** A button that is tapped twice, or a client that repeats itself, shares the one answer. */
  const underWay = createSingleFlight<PhoneNumber>()

  async function ask(owner: PhoneOwner, phoneCode: string, origin: Origin): Promise<PhoneNumber> {
    const { appid, openid, userId } = owner
    // A code is paid for once it is sent: it is sent only while the store could keep its number.
    const [loginCode] = await Promise.all([
      names.codeHash(appid, phoneCode).then(codeHash => store.codes.find(codeHash)),
      store.ping(),
    ])
    if (loginCode) throw new LoginError('phone_code_invalid', { ...A_LOGIN_CODE })
    const asked = platform.getPhoneNumber(phoneCode, { appid, openid, origin })
    const number = await asked.catch((error: unknown) => {
      throw explained(error, phoneCode)
    })
    await store.users.update(userId, { phoneNumber: number.phoneNumber })
    return number
  }

  return {
    ask: (owner, phoneCode, origin) =>
      underWay.join(digest(owner.userId, phoneCode), origin, {
        work: () => ask(owner, phoneCode, origin),
        tell: (sharers, work) => telling({ events, origin, sharers, ...eventsOf(owner) }, work),
      }),
    settled: underWay.settled,
  }
}

function eventsOf({ appid, userId, id: sessionId }: PhoneOwner) {
  const shared = { type: 'phone.shared', appid, userId, sessionId } as const
  return {
    done: (_number: unknown, how: object): LoginEvent => ({ ...shared, ...how }),
    failed: (failure: object, how: object): LoginEvent => ({ ...shared, ...failure, ...how }),
  }
}

function explained(error: unknown, phoneCode: string): unknown {
  if (!(error instanceof LoginError)) return error
  if (error.wxErrcode === 40029 && LOOKS_LIKE_LOGIN_CODE.test(phoneCode)) {
    return error.saying(A_LOGIN_CODE)
  }
  const text = TEXTS[error.code]
  return text ? error.saying({ text, action: 'tap_again' }) : error
}
