import { isPlaceholder } from '../config/secret-strength'
import type { ErrorText } from '../errors'

/** Something that must not be in the source of a mini program. */
export interface ScanRule {
  readonly name: string
  readonly pattern: RegExp
  /** Whether a comment counts, too: who reads the package reads the comments. */
  readonly inComments: boolean
  /** The value that was found may be a sample of the documents, which is no secret. */
  readonly mayBeSample: boolean
  readonly words: ErrorText
}

const Q = '["\'`]'
const ASSIGNED = `${Q}?\\s*[:=]\\s*${Q}?`

const rule = (
  name: string,
  pattern: RegExp,
  [zh, en]: readonly [string, string],
  options: Partial<Pick<ScanRule, 'inComments' | 'mayBeSample'>> = {},
): ScanRule => ({
  name,
  pattern,
  inComments: true,
  mayBeSample: true,
  ...options,
  words: { zh, en },
})

/** The value that a rule is about is the first group of its pattern, or all of the match. */
export const SCAN_RULES: readonly ScanRule[] = [
  rule('app_secret', new RegExp(`secret${ASSIGNED}([0-9a-f]{32})\\b`, 'gi'), [
    'AppSecret：移到服务端，并在小程序后台重置',
    'an AppSecret: move it to the server, and reset it in the console',
  ]),
  rule(
    'session_key',
    /\b(?:session_key|sessionKey)\b(?![^\n]*['"`](?:fresh|unknown|replaced)['"`])/g,
    [
      'session_key：不可离开服务端；解密用 /decrypt，手机号用 /phone',
      'session_key: it must not leave the server; /decrypt and /phone do its work',
    ],
    { inComments: false, mayBeSample: false },
  ),
  rule(
    'wechat_server_api',
    /\bapi\d*\.weixin\.qq\.com\b/g,
    [
      '微信的服务端接口：小程序不能直接调用，由服务端调用',
      'WeChat’s server API: a mini program may not call it, the server does',
    ],
    { inComments: false, mayBeSample: false },
  ),
  rule(
    'private_key',
    /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----|["'`]MIIE[opv][A-Za-z0-9+/]{100,}/g,
    [
      '私钥（支付宝、微信支付等）：移到服务端，并更换',
      'a private key (Alipay, WeChat Pay …): move it to the server, and replace it',
    ],
    { mayBeSample: false },
  ),
  rule(
    'pay_key',
    new RegExp(
      `(?:mch_?key|api_?v3_?key|partner_?key|pay_?key)${ASSIGNED}([0-9A-Za-z]{32})\\b`,
      'gi',
    ),
    [
      '微信支付密钥：移到服务端，并在商户平台更换',
      'a key of WeChat Pay: move it to the server, and replace it',
    ],
  ),
  rule('cloud_key', /\b(?:AKIA|ASIA|AKID|LTAI)[0-9A-Za-z]{12,}\b/g, [
    '云平台密钥（腾讯云、阿里云、AWS）：移到服务端，并停用它',
    'a key of a cloud (Tencent, Alibaba, AWS): move it to the server, and revoke it',
  ]),
  rule(
    'platform_token',
    /\b(?:sk_live_|rk_live_|gh[opsu]_|glpat-|xox[abp]-|AIza)[0-9A-Za-z_-]{16,}/g,
    [
      '其他平台的令牌：移到服务端，并停用它',
      'a token of another platform: move it to the server, and revoke it',
    ],
  ),
  rule(
    'platform_secret',
    new RegExp(
      `(?:app_?secret|client_?secret|api_?secret|secret_?key|key_?secret|private_?key|access_?token|aes_?key)${Q}?\\s*[:=]\\s*${Q}([^"'\`\\s]{16,})${Q}`,
      'gi',
    ),
    [
      '其他平台（抖音、支付宝、百度、QQ 等）的密钥：移到服务端，并更换',
      'a secret of another platform (Douyin, Alipay, Baidu, QQ …): move it to the server, and replace it',
    ],
  ),
]

/** For a value that stands in the service's own settings. */
export const OWN_SECRET: ErrorText = {
  zh: '与服务端设置里的密钥相同：移走，并更换',
  en: 'the very secret of the server’s settings: take it out, and replace it',
}

/** The name of a variable, and a secret that it holds. */
export type OwnSecret = readonly [name: string, secret: string]

export interface Found {
  readonly rule: string
  readonly line: number
  readonly column: number
  readonly words: ErrorText
}

/**
 * What a text must not hold, by its places, each place once. The values are not in it.
 *
 * @param own secrets of the service's settings
 */
export function scanText(text: string, own: readonly OwnSecret[]): Found[] {
  const code = withoutComments(text)
  const ofRules = SCAN_RULES.flatMap(({ name, pattern, inComments, mayBeSample, words }) =>
    [...(inComments ? text : code).matchAll(pattern)]
      .filter(match => !(mayBeSample && isPlaceholder(match[1] ?? match[0])))
      .map(match => ({ rule: name, at: placeOf(match), words })),
  )
  const ofOwn = own.flatMap(([name, secret]) =>
    placesOf(text, secret).map(at => ({ rule: name, at, words: OWN_SECRET })),
  )
  const found = new Map<number, Found>()
  // The service's own secret says most, and then the rule that stands first.
  for (const { rule: name, at, words } of [...ofOwn, ...ofRules]) {
    if (!found.has(at)) found.set(at, { rule: name, ...lineOf(text, at), words })
  }
  return [...found].sort(([one], [other]) => one - other).map(([, each]) => each)
}

/** Where the value begins, which several rules may find. */
function placeOf(match: RegExpMatchArray): number {
  const [all, value] = match
  return (match.index ?? 0) + (value === undefined ? 0 : all.indexOf(value))
}

function placesOf(text: string, part: string): number[] {
  const places: number[] = []
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) places.push(at)
  return places
}

function lineOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at)
  const start = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: at - start + 1 }
}

const STRING_OR_COMMENT =
  /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*|<!--[\s\S]*?-->/g

/** Blanks in the place of comments, so that every place stays where it was. */
function withoutComments(text: string): string {
  return text.replace(STRING_OR_COMMENT, (all, string?: string) =>
    string === undefined ? all.replace(/[^\n]/g, ' ') : all,
  )
}
