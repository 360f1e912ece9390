import { type ErrorText, LoginError } from '../errors'

/** What WeChat failed to do, in words for the caller of this route. Any other error as it is. */
export function sayWechatFailed(error: unknown, text: ErrorText): unknown {
  const isWechat = error instanceof LoginError && error.code.startsWith('wechat_')
  return isWechat ? error.saying({ text }) : error
}
