import { LoginError } from '../errors'
import type { Events } from '../events'
import type { Log } from '../log'
import type { Patience } from '../patience'
import { type Breaker, createBreaker, type TurnOutcome } from '../upstream/breaker'
import { type Bulkhead, createBulkhead } from '../upstream/bulkhead'
import type { Deadline } from '../upstream/deadline'
import { LOGIN_API } from './jscode2session'
import { WxUnreachable } from './wx-unreachable'

export interface LoginGatesOptions {
  appids: Iterable<string>
  patience: Pick<Patience, 'breakerTrialMs'>
  events: Pick<Events, 'tell'>
  log: Log
  /** Logins of one app that may be pending. Default 1024. */
  maxPending?: number
  /** Connections to WeChat at one time, those of all apps together. */
  maxSockets: number
}

/** A login's place among those of its app, from its arrival to its end. */
export interface LoginPass {
  /**
   * Does the work that asks WeChat, in turn.
   *
   * @throws LoginError `overloaded`, or `wechat_unavailable` when WeChat was given up meanwhile; the
   *   work was not begun
   */
  asking<T>(deadline: Deadline, work: () => Promise<T>): Promise<T>
  /** Gives the place back. To be called once the login is over, or asks nobody. */
  leave(): void
}

export interface LoginGates {
  /**
   * Lets a login in, or refuses it before anything is spent: no code is claimed, no store is asked.
   *
   * @throws LoginError `unknown_appid`; `overloaded` when too many logins are pending;
   *   `wechat_unavailable` while the app's breaker is open
   */
  admit(appid: string): LoginPass
  /** Whether logins of the app are refused because WeChat does not answer. */
  isBreakerOpen(appid: string): boolean
}

/** At 277 µs of CPU a login and 100 ms of WeChat this is half a second of logins, and 13 MB. */
const MAX_PENDING = 1024
/** The part of the connections that logins of one app may have. Other apps and APIs keep the rest. */
const PART_OF_SOCKETS = 0.75
/** A network that loses some packets does not fail so often in a row. */
const BREAKER_FAILURES = 10
/** A call that had less of its deadline left than this, when it set out, says little of WeChat. */
const FAIR_PART = 0.5

interface Gate {
  readonly breaker: Breaker
  readonly bulkhead: Bulkhead
  pending: number
}

/**
 * The gate of each app's logins: how many may be pending, how many ask WeChat at one time, and a
 * breaker. An app whose WeChat hangs cannot use up the connections of the others.
 */
export function createLoginGates(options: LoginGatesOptions): LoginGates {
  const { appids, maxPending = MAX_PENDING, maxSockets } = options
  const maxAsking = Math.max(1, Math.floor(maxSockets * PART_OF_SOCKETS))
  const gates = new Map<string, Gate>()
  for (const appid of appids) {
    const breaker = breakerOf(appid, options)
    gates.set(appid, { breaker, bulkhead: createBulkhead(maxAsking), pending: 0 })
  }

  return {
    isBreakerOpen: appid => gates.get(appid)?.breaker.isOpen() ?? false,
    admit(appid) {
      const gate = gates.get(appid)
      if (!gate) throw new LoginError('unknown_appid')
      if (gate.pending >= maxPending) throw new LoginError('overloaded', { reason: 'logins' })
      const turn = gate.breaker.enter()
      if (!turn) throw givenUp()
      gate.pending++
      let isIn = true
      return {
        asking: (deadline, work) =>
          gate.bulkhead.run(deadline, async () => {
            if (!turn.holds()) throw givenUp()
            return judged(deadline, work, outcome => turn.settle(outcome))
          }),
        leave() {
          if (isIn) gate.pending--
          isIn = false
          turn.settle('unasked')
        },
      }
    },
  }
}

function breakerOf(appid: string, { patience, events, log }: LoginGatesOptions): Breaker {
  return createBreaker({
    failures: BREAKER_FAILURES,
    trialEveryMs: patience.breakerTrialMs,
    onOpen() {
      const { code: error, reason, sent } = givenUp()
      events.tell({ type: 'wechat.unreachable', api: LOGIN_API, appid, error, reason, sent })
    },
    onClose: () => log.info('wechat_breaker_closed', { appid }),
  })
}

function givenUp(): WxUnreachable {
  return new WxUnreachable('unavailable', { sent: false, reason: 'breaker_open' })
}

async function judged<T>(
  deadline: Deadline,
  work: () => Promise<T>,
  tell: (outcome: TurnOutcome) => void,
): Promise<T> {
  const isFair = deadline.leftMs() > deadline.totalMs * FAIR_PART
  try {
    const answer = await work()
    tell('answered')
    return answer
  } catch (error) {
    const outcome = outcomeOf(error)
    tell(isFair || outcome === 'answered' ? outcome : 'unasked')
    throw error
  }
}

/** Descriptors that ran out on this machine. WeChat has no part in it. */
const OURS: readonly (string | undefined)[] = ['EMFILE', 'ENFILE']

/** An errcode is an answer, and so is a page of HTML. Silence and a connection that failed are not. */
function outcomeOf(error: unknown): TurnOutcome {
  if (!(error instanceof LoginError) || error.code === 'overloaded') return 'unasked'
  if (!(error instanceof WxUnreachable)) return 'answered'
  if (error.code === 'wechat_timeout') return 'failed'
  if (error.sent) return 'answered'
  return OURS.includes(error.reason) ? 'unasked' : 'failed'
}
