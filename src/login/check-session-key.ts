import { type ErrorText, LoginError } from '../errors'
import type { Session, Store } from '../store/store'
import type { KeyRing } from '../token/keys'
import { unseal } from '../token/seal'
import type { AskSessionKey } from '../wx/check-session-key'
import { sayWechatFailed } from './wechat-failed'

export interface CheckSessionKeyOptions {
  askSessionKey: AskSessionKey
  store: Pick<Store, 'noteKeyCheck'>
  keys: KeyRing
  /** Milliseconds since 1970. */
  now: () => number
}

export type CheckSessionKey = (session: Session) => Promise<boolean>

/** The general texts ask for a new login; this user is logged in, and stays so. */
const NOT_ASKED: ErrorText = {
  zh: '暂时无法向微信核对 session_key，请稍后再试',
  en: 'WeChat could not be asked about the session_key: try again later.',
}

/**
 * Asks WeChat whether the session_key of this session is still the user's, and notes the answer for
 * all instances.
 *
 * @throws LoginError `session_ended` when the key that sealed the session's values is gone
 */
export function createCheckSessionKey(options: CheckSessionKeyOptions): CheckSessionKey {
  const { askSessionKey, store, keys, now } = options
  return async ({ id: sessionId, userId, appid, openid, sealed, keyHash }) => {
    const values = unseal(keys, sealed, { sessionId, appid })
    if (!values) throw new LoginError('session_ended', { reason: 'sealing_key_gone' })
    // From when WeChat was asked: how long its answer travelled says nothing about the key.
    const at = now()
    const { sessionKey } = values
    const valid = await askSessionKey({ appid, openid, sessionKey }).catch(error => {
      throw sayWechatFailed(error, NOT_ASKED)
    })
    await store.noteKeyCheck(userId, keyHash, { at, valid })
    return valid
  }
}
