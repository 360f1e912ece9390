import { LoginClientError } from './login-client-error'

/** `e.detail` of a button with an open-type. */
export interface ButtonDetail {
  readonly errMsg?: string
  readonly errno?: number
  readonly code?: string
  readonly encryptedData?: string
  readonly iv?: string
  readonly rawData?: string
  readonly signature?: string
}

/** https://developers.weixin.qq.com/miniprogram/dev/framework/usability/PublicErrno.html */
const DENIED_OR_CANCELLED = [103, 104]

/**
 * The detail itself, when the user agreed.
 *
 * @throws LoginClientError `user_denied`; `misconfigured` when WeChat refuses the button (no quota,
 *   no right, not declared in the privacy agreement)
 */
export function readDetail(detail: ButtonDetail): ButtonDetail {
  const { errMsg = '', errno = 0 } = detail
  if (!errMsg || /:ok$/.test(errMsg)) return detail
  if (/deny|denied|cancel/i.test(errMsg) || DENIED_OR_CANCELLED.includes(errno)) {
    throw new LoginClientError('用户没有同意', { code: 'user_denied', action: 'tap_again' })
  }
  throw new LoginClientError(`微信不允许使用此按钮（${errMsg}）`, {
    code: 'misconfigured',
    action: 'contact_admin',
  })
}
