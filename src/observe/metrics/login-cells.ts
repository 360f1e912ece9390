import type { ErrorCode } from '../../errors'
import { type Events, isUndecided, type LoginEvent, type SessionEnd } from '../../events'
import { type Board, byName, type Cell } from './cells'

/** What a login may come to, beside success. Any other error is counted as `other`. */
const LOGIN_ERRORS = [
  'code_invalid',
  'code_used',
  'user_blocked',
  'user_disabled',
  'login_refused',
  'internal',
  'misconfigured',
  'wechat_bad_answer',
  'wechat_unavailable',
  'wechat_quota',
  'wechat_timeout',
  'store_unavailable',
  'overloaded',
] as const satisfies readonly ErrorCode[]

const TOKEN_ERRORS = [
  'token_missing',
  'token_invalid',
  'token_expired',
  'session_ended',
  'rate_limited',
  'misconfigured',
  'store_unavailable',
  'overloaded',
  'internal',
] as const satisfies readonly ErrorCode[]

const OPEN_DATA_ERRORS = [
  'session_key_stale',
  'data_undecryptable',
  'invalid_request',
  'session_ended',
  'store_unavailable',
  'overloaded',
  'internal',
] as const satisfies readonly ErrorCode[]

const SESSION_ENDS = {
  logout: 0,
  evicted: 0,
  disabled: 0,
  erased: 0,
  expired: 0,
} satisfies Record<SessionEnd, 0>

/** The bounds that OpenTelemetry advises for requests over a network, in seconds. */
export const NETWORK_SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]

/** The events of a login. */
type LoginEnd = Extract<LoginEvent, { readonly type: `login.${string}` }>

export interface LoginCellsOptions {
  board: Board
  events: Pick<Events, 'listen'>
  appids: Iterable<string>
}

/**
 * Counts what the events of a service tell.
 *
 * @returns how a token that holds is counted: it is no event
 */
export function createLoginCells({ board, events, appids }: LoginCellsOptions): () => void {
  const ended = loginCounter(board, appids)
  const tokens = outcomes(board, 'token_checks_total', {
    help: 'Tokens that were shown: valid, or the name of the error.',
    success: 'valid',
    errors: TOKEN_ERRORS,
  })
  const endings = board.counter(
    'miniprogram_login_sessions_ended_total',
    'Sessions that ended, by the reason.',
  )
  const sessionEnds = new Map(
    Object.keys(SESSION_ENDS).map(reason => [reason, endings({ reason })] as const),
  )
  const openData = outcomes(board, 'open_data_total', {
    help: 'Data of WeChat that was to be opened: success, or the name of the error.',
    success: 'success',
    errors: OPEN_DATA_ERRORS,
  })
  events.listen(event => {
    switch (event.type) {
      case 'login.succeeded':
      case 'login.refused':
      case 'login.failed':
        return ended(event)
      case 'token.refused':
        return add(tokens.failed(event.error))
      case 'session.ended':
        return add(sessionEnds.get(event.reason) as Cell)
      case 'data.opened':
        return add(event.error === undefined ? openData.success : openData.failed(event.error))
    }
  })
  return () => add(tokens.success)
}

function add(cell: Cell): void {
  cell.value++
}

interface Outcomes {
  help: string
  /** What a success is called. */
  success: string
  errors: readonly string[]
}

function outcomes(board: Board, name: string, { help, success, errors }: Outcomes) {
  const series = board.counter(`miniprogram_login_${name}`, help)
  const cellOf = (outcome: string) => series({ outcome })
  return { success: cellOf(success), failed: byName(errors, cellOf) }
}

/**
 * Callers who were given the answer of another login are counted apart: those who came while it was
 * under way, and those who fetched a lost answer again. A repeat that was refused is a refusal.
 */
function loginCounter(board: Board, appids: Iterable<string>): (event: LoginEnd) => void {
  const logins = board.counter(
    'miniprogram_login_logins_total',
    'Logins, by mini program, outcome and error. Callers who shared an answer are not in it.',
  )
  const seconds = board.histogram(
    'miniprogram_login_login_duration_seconds',
    'How long the logins of logins_total took.',
    NETWORK_SECONDS,
  )({})
  const shared = board.counter(
    'miniprogram_login_shared_logins_total',
    'Callers who were given the answer of another login.',
  )({})
  const errorsThat = (undecided: boolean) => LOGIN_ERRORS.filter(e => isUndecided(e) === undecided)
  const ofApp = (app: string) => ({
    success: logins({ app, outcome: 'success', error: 'none' }),
    refused: byName(errorsThat(false), error => logins({ app, outcome: 'refused', error })),
    failed: byName(errorsThat(true), error => logins({ app, outcome: 'failed', error })),
  })
  const apps = new Map([...appids].map(app => [app, ofApp(app)] as const))
  const unknown = logins({ app: 'unknown', outcome: 'refused', error: 'unknown_appid' })

  function cellOf(event: LoginEnd): Cell {
    const app = event.appid === undefined ? undefined : apps.get(event.appid)
    if (!app) return unknown
    if (event.type === 'login.succeeded') return app.success
    return (event.type === 'login.refused' ? app.refused : app.failed)(event.error)
  }

  return event => {
    shared.value += event.sharers ?? 0
    if (event.type === 'login.succeeded' && event.isRepeat) return add(shared)
    add(cellOf(event))
    seconds.observe((event.durationMs ?? 0) / 1000)
  }
}
