import type { ErrorCode, ErrorText } from '../errors'

/** What an errcode of WeChat means here. */
export interface Meaning {
  readonly code: ErrorCode
  /** What WeChat says by it. */
  readonly means?: ErrorText
  /** What the operator does about it. For the log and the command line, not for a client. */
  readonly fix?: ErrorText
  /** True where neither the operator nor a client can mend it: a fault of this service. */
  readonly isOurs?: true
}

export type Meanings = Readonly<Record<number, Meaning>>

const SECRET_FIX: ErrorText = {
  zh: '对照小程序后台 → 开发管理 → 开发设置，检查 WX_SECRET / WX_APPS；刚重置过 AppSecret 的话换成新值',
  en: 'compare WX_SECRET / WX_APPS with 开发管理 → 开发设置 in the mini program’s console',
}
const APPID_FIX: ErrorText = {
  zh: '对照小程序后台的 AppID，检查 WX_APPID / WX_APPS',
  en: 'compare WX_APPID / WX_APPS with the appid in the mini program’s console',
}
const ACCOUNT_FIX: ErrorText = {
  zh: '小程序账号被冻结、已注销，或没有这个接口的权限：到小程序后台查看（个人主体没有手机号接口）',
  en: 'the mini program’s account is frozen, cancelled or lacks this permission',
}
const CONFIRM_FIX: ErrorText = {
  zh: '小程序管理员须在微信里确认这台服务器的地址；拒绝之后 1 小时（89507）或 24 小时（89506）才会再问',
  en: 'an administrator of the mini program must confirm this server’s address in WeChat; refused, it is asked again after 1 or 24 hours',
}
const TOKEN_FIX: ErrorText = {
  zh: '服务会换一个 access_token 再试；若持续出现，见 docs/wechat.md 的泄露处理',
  en: 'WeChat refuses its own newest access_token: see the leak drill in docs/wechat.md if this lasts',
}
const SESSION_KEY_FIX: ErrorText = {
  zh: '只在 /checksession 与重置 session_key 时出现，不是故障：客户端重新登录',
  en: 'only of /checksession and of a reset of the session_key, and no fault: the client logs in again',
}
const OUR_REQUEST = {
  isOurs: true,
  fix: {
    zh: '微信看不懂本服务的请求：请作为缺陷报告',
    en: 'WeChat did not understand our request: please report this as a bug',
  },
} as const

const tell = (zh: string, en: string): ErrorText => ({ zh, en })
const misconfigured = (means: ErrorText, fix: ErrorText): Meaning => ({
  code: 'misconfigured',
  means,
  fix,
})
const ours = (means: ErrorText): Meaning => ({ code: 'misconfigured', means, ...OUR_REQUEST })

/** Every errcode that this service knows, see docs/wechat.md. Any other is `wechat_bad_answer`. */
export const MEANINGS: Meanings = {
  [-1]: {
    code: 'wechat_unavailable',
    means: tell('微信系统繁忙', 'WeChat is busy.'),
    fix: tell(
      '微信自身的问题，会自行恢复；客户端重新 wx.login 再登录',
      'WeChat’s own trouble, which passes by itself; the client logs in again with a new code',
    ),
  },
  40001: misconfigured(
    tell(
      'AppSecret 不对，或不是这个小程序的',
      'The AppSecret is wrong, or another mini program’s.',
    ),
    SECRET_FIX,
  ),
  40002: ours(tell('grant_type 不对', 'The grant_type is wrong.')),
  40003: {
    code: 'wechat_bad_answer',
    means: tell(
      'openid 不对，或不是这个小程序的',
      'The openid is wrong, or another mini program’s.',
    ),
  },
  40013: misconfigured(
    tell('AppID 不存在，或写法不对', 'The appid does not exist or is malformed.'),
    APPID_FIX,
  ),
  40014: {
    code: 'wechat_unavailable',
    means: tell('access_token 无效', 'The access_token is not valid.'),
    fix: TOKEN_FIX,
  },
  40029: {
    code: 'code_invalid',
    means: tell(
      'code 无效：写错、过期（5 分钟），或是另一个小程序的',
      'The code is not valid: wrong, expired (5 minutes), or another mini program’s.',
    ),
    fix: tell(
      '偶尔出现是常事。占比高：WX_APPID 与小程序的 AppID 不符，或开发者工具处于游客模式',
      'a few are normal. Many: WX_APPID is not the mini program’s, or DevTools runs without an AppID',
    ),
  },
  40097: ours(tell('参数错误', 'An argument is wrong.')),
  40125: misconfigured(
    tell('AppSecret 不对，或已被重置', 'The AppSecret is wrong, or was reset.'),
    SECRET_FIX,
  ),
  40163: {
    code: 'code_used',
    means: tell(
      'code 已被使用：一个 code 只能用一次',
      'The code was used already: each works once.',
    ),
    fix: tell(
      '多半是客户端重复提交同一个 code；每次登录都要重新 wx.login，重试请带同一个 Idempotency-Key',
      'mostly a client that sends the same code twice: call wx.login for each login, and repeat with the same Idempotency-Key',
    ),
  },
  40164: misconfigured(
    tell(
      '本服务器的 IP 不在白名单里',
      'This server’s IP address is not on the list of allowed ones.',
    ),
    tell(
      '小程序后台 → IP 白名单：加入本服务器的出口 IP，或关闭白名单',
      'add this server’s outgoing IP address to IP 白名单 in the console, or switch that list off',
    ),
  ),
  40226: {
    code: 'user_blocked',
    means: tell(
      '微信判定为高风险用户，拦截登录',
      'WeChat takes the user for a high risk and blocks the login.',
    ),
  },
  40243: misconfigured(
    tell('AppSecret 已被冻结', 'The AppSecret is frozen.'),
    tell('到小程序后台解冻 AppSecret', 'the AppSecret is frozen: unfreeze it in the console'),
  ),
  41001: ours(tell('缺少 access_token', 'The access_token is missing.')),
  41002: misconfigured(tell('缺少 AppID', 'The appid is missing.'), APPID_FIX),
  41004: misconfigured(tell('缺少 AppSecret', 'The AppSecret is missing.'), SECRET_FIX),
  41008: ours(tell('缺少 code', 'The code is missing.')),
  42001: {
    code: 'wechat_unavailable',
    means: tell('access_token 已过期', 'The access_token has expired.'),
    fix: TOKEN_FIX,
  },
  42003: {
    code: 'code_invalid',
    means: tell('code 已过期', 'The code has expired.'),
  },
  43002: ours(tell('须用 POST', 'The request must be a POST.')),
  44002: ours(tell('请求体为空', 'The body of the request is empty.')),
  45009: {
    code: 'wechat_quota',
    means: tell('当天的调用次数已用完', 'The calls of the day are used up.'),
    fix: tell(
      '等到次日，或在小程序后台清零（每月 10 次）；查一查是谁在调用',
      'wait for the next day, or clear the quota in the console (10 times a month); find out who calls so often',
    ),
  },
  45011: {
    code: 'wechat_quota',
    means: tell('一分钟内调用太频繁', 'Too many calls in this minute.'),
    fix: tell(
      '下一分钟自行恢复；持续出现则检查客户端是否在循环登录，或设 RATE_LIMIT_GLOBAL',
      'ends with the minute; if it lasts, look for a client that logs in in a loop, or set RATE_LIMIT_GLOBAL',
    ),
  },
  47001: ours(tell('请求体不是合法的 JSON', 'The body of the request is not JSON.')),
  48001: misconfigured(
    tell('小程序没有这个接口的权限', 'The mini program may not use this API.'),
    ACCOUNT_FIX,
  ),
  48004: misconfigured(tell('接口被封禁', 'The API is forbidden to this account.'), ACCOUNT_FIX),
  50002: misconfigured(tell('账号被限制', 'The account is restricted.'), ACCOUNT_FIX),
  50004: misconfigured(
    tell('账号不能获取 access_token', 'The account may not get an access_token.'),
    ACCOUNT_FIX,
  ),
  50007: misconfigured(tell('账号已被冻结', 'The account is frozen.'), ACCOUNT_FIX),
  87007: {
    code: 'wechat_bad_answer',
    means: tell('session_key 不存在或已过期', 'The session_key does not exist or has expired.'),
    fix: SESSION_KEY_FIX,
  },
  87008: ours(tell('sig_method 不对', 'The sig_method is wrong.')),
  87009: {
    code: 'wechat_bad_answer',
    means: tell(
      '签名不对：session_key 已过期、已被替换或不对，三者微信不加区分',
      'The signature is wrong: the session_key has expired, was replaced, or is wrong. WeChat does not say which.',
    ),
    fix: SESSION_KEY_FIX,
  },
  89503: misconfigured(
    tell('此调用需要管理员确认', 'The call waits for an administrator’s word.'),
    CONFIRM_FIX,
  ),
  89506: misconfigured(
    tell(
      '管理员拒绝了这个 IP，24 小时内不再询问',
      'An administrator refused this address for 24 hours.',
    ),
    CONFIRM_FIX,
  ),
  89507: misconfigured(
    tell(
      '管理员拒绝了这个 IP，1 小时内不再询问',
      'An administrator refused this address for an hour.',
    ),
    CONFIRM_FIX,
  ),
}

/** Errcodes that mean something on one API alone: see `getuserphonenumber` and `isSessionKeyRefusal`. */
const OF_ONE_API = [40003, 87007, 87009]

/** Every errcode that this service knows, as text. */
export const ERRCODES: readonly string[] = [
  ...new Set([...Object.keys(MEANINGS), ...OF_ONE_API.map(String)]),
]

/**
 * What differs on an API that takes an access_token. There 40001 means that the access_token is
 * dead. On a login or on a fetch of an access_token it means that the AppSecret is wrong.
 */
export const WITH_ACCESS_TOKEN: Meanings = {
  40001: {
    code: 'wechat_unavailable',
    means: tell('access_token 已失效', 'The access_token is not valid any more.'),
    fix: TOKEN_FIX,
  },
}

/**
 * What differs where a phone code is exchanged. 40013 means that the phone code is another mini
 * program's, and 40003 that it is another user's. The access_token was good in both cases.
 */
export const WITH_PHONE_CODE: Meanings = {
  ...WITH_ACCESS_TOKEN,
  40003: {
    code: 'phone_code_invalid',
    means: tell('手机号 code 是另一个用户的', 'The phone code is another user’s.'),
  },
  40013: {
    code: 'phone_code_invalid',
    means: tell('手机号 code 是另一个小程序的', 'The phone code is another mini program’s.'),
  },
  40029: {
    code: 'phone_code_invalid',
    means: tell(
      '手机号 code 无效、过期、已用，或误传了 wx.login 的 code',
      'The phone code is invalid, expired or used, or a code of wx.login was sent.',
    ),
  },
  40163: {
    code: 'phone_code_used',
    means: tell('手机号 code 已被使用', 'The phone code was used already.'),
  },
  42003: {
    code: 'phone_code_invalid',
    means: tell('手机号 code 已过期', 'The phone code has expired.'),
  },
}

/**
 * The errcode of an answer as a number: WeChat's documents show it as a string too. `undefined`
 * for a success, which carries none or 0; NaN for one that is neither, or needs over 32 bits.
 */
export function errcodeOf(value: unknown): number | undefined {
  if (value === undefined || value === 0 || value === '0') return undefined
  if (typeof value === 'number') return Math.abs(value) < 2 ** 31 ? value : Number.NaN
  return typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : Number.NaN
}
