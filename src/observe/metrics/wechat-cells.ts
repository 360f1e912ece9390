import { CHECKSESSION_API } from '../../wx/checksession'
import { ERRCODES } from '../../wx/errcode'
import { PHONE_API } from '../../wx/getuserphonenumber'
import { LOGIN_API } from '../../wx/jscode2session'
import { RESET_API } from '../../wx/resetusersessionkey'
import { STABLE_TOKEN_API } from '../../wx/stable-token'
import type { RequestEnd, WechatCounts } from '../../wx/wechat-counts'
import { type Board, byName } from './cells'
import { NETWORK_SECONDS } from './login-cells'

const APIS = [LOGIN_API, STABLE_TOKEN_API, PHONE_API, CHECKSESSION_API, RESET_API]

/** How a request ends that WeChat did not answer in its own words. */
const UNANSWERED = ['unavailable', 'untrusted', 'timeout', 'bad_answer', 'quota'] as const

export interface WechatCellsOptions {
  board: Board
  appids: readonly string[]
  /** Whether logins of the app are refused because WeChat does not answer. */
  isBreakerOpen: (appid: string) => boolean
}

/** Counts requests to WeChat by what came of them, and access_tokens by app. */
export function createWechatCells(options: WechatCellsOptions): WechatCounts {
  const { board, appids, isBreakerOpen } = options
  const apis = requestCounter(board)
  const fetches = board.counter(
    'miniprogram_login_access_token_fetches_total',
    'Times that an access_token was asked of WeChat. refused: WeChat said no. failed: no answer.',
  )
  const ofApp = (app: string) => ({
    success: fetches({ app, outcome: 'success' }),
    refused: fetches({ app, outcome: 'refused' }),
    failed: fetches({ app, outcome: 'failed' }),
  })
  const apps = new Map(appids.map(app => [app, ofApp(app)] as const))
  const breakers = board.gauge(
    'miniprogram_login_wechat_breaker_open',
    'Whether logins are refused because WeChat does not answer: 1 where any process refuses.',
  )
  for (const app of appids) breakers({ app }, () => (isBreakerOpen(app) ? 1 : 0))
  return {
    request(api, end, durationMs) {
      const cells = apis.get(api)
      if (!cells) return
      cells.of(end).value++
      cells.seconds.observe(durationMs / 1000)
    },
    fetch(appid, outcome) {
      const cells = apps.get(appid)
      if (cells) cells[outcome].value++
    },
  }
}

function requestCounter(board: Board) {
  const requests = board.counter(
    'miniprogram_login_wechat_requests_total',
    'Requests to WeChat. success: an answer without an errcode. refused: WeChat gave the errcode.',
  )
  const seconds = board.histogram(
    'miniprogram_login_wechat_request_duration_seconds',
    'How long requests to WeChat took, those without an answer included.',
    NETWORK_SECONDS,
  )
  const ofApi = (api: string) => {
    const cellOf = (outcome: string, errcode: string) => requests({ api, outcome, errcode })
    const answered = cellOf('success', 'none')
    const refused = byName(ERRCODES, errcode => cellOf('refused', errcode))
    const unanswered = new Map(UNANSWERED.map(outcome => [outcome, cellOf(outcome, 'none')]))
    return {
      seconds: seconds({ api }),
      of(end: RequestEnd) {
        if (typeof end === 'number') return refused(String(end))
        return (end === 'success' ? undefined : unanswered.get(end)) ?? answered
      },
    }
  }
  return new Map(APIS.map(api => [api, ofApi(api)] as const))
}
