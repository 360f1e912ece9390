import { closestHint } from '../config/near-names'
import { ERRORS, type ErrorCode, type ErrorText, isErrorCode } from '../errors'
import { MEANINGS, type Meaning, WITH_ACCESS_TOKEN, WITH_PHONE_CODE } from '../wx/errcode'
import { type AddCommand, examples, unknownOption } from './command'
import { FAULTS, type Fault, GUIDES } from './error-guide'
import type { Terminal } from './terminal'

/** One meaning of what is asked for; an errcode may have another one on another API. */
export interface Explanation {
  /** Where it means this; null: everywhere else. */
  readonly at: string | null
  readonly error: ErrorCode
  readonly status: number
  readonly action: string
  readonly means: ErrorText
  readonly fault: Fault
  readonly todo: ErrorText
}

const NUMBER = /^-?\d+$/

/** `explain`: what an errcode of WeChat or an error of ours means. Asks nobody. */
export const addExplain: AddCommand = (program, { terminal, end }) => {
  program
    .command('explain')
    .description(
      '错误码或错误名是什么意思、谁的问题、怎么办；不联网 · what an errcode or error name means, whose fault it is, what to do; offline',
    )
    .argument(
      '<errcode>',
      '微信的 errcode，或本服务的错误名 · an errcode of WeChat, or an error name',
    )
    .option('--json', 'JSON')
    // A negative number is no option.
    .allowUnknownOption()
    .addHelpText(
      'after',
      examples(
        'miniprogram-login explain 40163',
        'miniprogram-login explain -1',
        'miniprogram-login explain session_key_stale',
        'miniprogram-login explain 40001 --json',
      ),
    )
    .action((asked: string, { json }: { json?: boolean }) => {
      end(explain(asked, json === true, terminal))
    })
}

function explain(asked: string, isJson: boolean, { print, say }: Terminal): number {
  if (asked.startsWith('--')) throw unknownOption(asked)
  const found = explanationsOf(asked)
  if (found.length === 0) {
    say(unknown(asked))
    return 1
  }
  print(isJson ? JSON.stringify({ asked, meanings: found }, null, 2) : found.map(page).join('\n\n'))
  return 0
}

/** What an errcode or an error name means, in the words of the service; empty where it knows none. */
export function explanationsOf(asked: string): readonly Explanation[] {
  return NUMBER.test(asked) ? ofErrcode(Number(asked)) : ofError(asked)
}

function ofErrcode(errcode: number): Explanation[] {
  const general = MEANINGS[errcode]
  const ofPhone = WITH_PHONE_CODE[errcode]
  const ofToken = WITH_ACCESS_TOKEN[errcode]
  return [
    ...(general ? [explanationOf(general, null)] : []),
    ...(ofToken ? [explanationOf(ofToken, 'access_token')] : []),
    ...(ofPhone && ofPhone !== ofToken ? [explanationOf(ofPhone, '/phone')] : []),
  ]
}

function explanationOf({ code, means, fix, isOurs }: Meaning, at: string | null): Explanation {
  const { fault, todo } = guideOf(code)
  return {
    ...{ at, error: code, status: ERRORS[code].status, action: ERRORS[code].action },
    means: means ?? ERRORS[code],
    // Who gave an errcode could be reached.
    fault: isOurs ? 'service' : fault === 'network' ? 'wechat' : fault,
    todo: fix ?? todo,
  }
}

function ofError(name: string): Explanation[] {
  if (!isErrorCode(name)) return []
  const { status, action, zh, en } = ERRORS[name]
  return [{ at: null, error: name, status, action, means: { zh, en }, ...guideOf(name) }]
}

function guideOf(code: ErrorCode) {
  const guide = GUIDES[code]
  if (guide) return guide
  throw new Error(`no guide for ${code}`)
}

function page({ at, error, status, action, means, fault, todo }: Explanation): string {
  const where = at === null ? '' : `（${at}）`
  return [
    `${error}${where}  HTTP ${status}  action: ${action}`,
    ...section('含义 means', means),
    ...section('谁的问题 whose fault', FAULTS[fault]),
    ...section('怎么办 what to do', todo),
  ].join('\n')
}

function section(head: string, { zh, en }: ErrorText): string[] {
  return [head, `  ${zh}`, `  ${en}`]
}

function unknown(asked: string): string {
  if (NUMBER.test(asked)) {
    return `${asked} 不在表里：本服务当作 wechat_bad_answer，日志有 wx_errcode 与 wx_rid；微信的说明见 docs/wechat.md\n${asked} is not in the table: the service answers wechat_bad_answer, and its log has wx_errcode and wx_rid`
  }
  return `没有这个错误名 · there is no such error${closestHint(asked, Object.keys(ERRORS))}`
}
