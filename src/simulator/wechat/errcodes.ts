/**
 * errcode -> the errmsg of WeChat's answer, without its `, rid: …` tail. Clients must switch on the
 * number: WeChat changes these words without notice.
 *
 * The first group is what `/sns/jscode2session` was seen to answer or documents (page
 * 小程序登录凭证校验). The second comes from the other login pages and the global list; where no
 * real answer was found, the text is a plain English reading of the official Chinese one.
 */
export const ERRCODES: Readonly<Record<number, string>> = {
  [-1]: 'system error',
  40002: 'invalid grant_type',
  40013: 'invalid appid',
  40029: 'invalid code',
  40125: 'invalid appsecret',
  40163: 'code been used',
  // WeChat puts the caller's own address here; 203.0.113.0/24 is reserved for examples (RFC 5737).
  40164: 'invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist',
  40226: 'code blocked',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41008: 'missing code',
  45011: 'api minute-quota reach limit mustslower retry next minute',

  40001:
    'invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r',
  40003: 'invalid openid',
  40014: 'invalid access_token',
  40090: 'invalid request source (bad client ip)',
  40094: 'invalid component credential',
  40097: 'invalid args',
  40243: 'appsecret frozen',
  41001: 'access_token missing',
  41021: 'missing component_access_token',
  42001: 'access_token expired',
  42003: 'code expired',
  43002: 'require POST method',
  44002: 'empty post data',
  45009: 'reach max api daily quota limit',
  45035: 'access clientip is not registered, not in ip-white-list',
  47001: 'data format error',
  48001: 'api unauthorized',
  48004: 'api forbidden',
  50002: 'user limited',
  50004: 'token api forbidden for this account',
  50007: 'account frozen',
  61003: 'component is not authorized by this account',
  61004: 'access clientip is not registered',
  61007: 'api is not authorized to component',
  87007: 'session_key is not existd or expired',
  87008: 'invalid sig_method',
  87009: 'invalid signature',
  89503: 'this call needs the confirmation of the administrator',
  89506: 'the administrator rejected this ip, wait 24 hours',
  89507: 'the administrator rejected this ip, wait 1 hour',
}

/**
 * The errcodes that WeChat answers before it looks at the code. They are about the request, the
 * credentials, the caller's address, the quota or the state of the account, and the code stays
 * good. Any other refusal may spend the code: one code was seen to get 40029 first and 40163 the
 * second time.
 */
export const BEFORE_THE_CODE: ReadonlySet<number> = new Set([
  40001, 40002, 40013, 40014, 40090, 40094, 40097, 40125, 40164, 40243, 41001, 41002, 41004, 41008,
  41021, 42001, 43002, 44002, 45009, 45011, 45035, 47001, 48001, 48004, 50002, 50004, 50007, 61003,
  61004, 61007, 89503, 89506, 89507,
])
