import type { ErrorCode } from '../../errors'

/** What a question to WeChat may come to on every route that asks one, whatever the question is. */
export const WECHAT_ERRORS = [
  'misconfigured',
  'wechat_bad_answer',
  'wechat_unavailable',
  'wechat_quota',
  'wechat_timeout',
  'overloaded',
] as const satisfies readonly ErrorCode[]
