import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { type Answer, refuse, send } from './answer'
import { ANSWER_FAULTS, FOREIGN_FAULTS } from './answer-faults'
import type { RecordedCall } from './call'
import { faultOfCode } from './code-names'
import { ENDPOINTS, NOT_FOUND } from './endpoints'
import { BEFORE_THE_CODE } from './errcodes'
import { canStrike, type FaultQueue } from './fault-queue'
import { type Fault, TRANSPORT_FAULTS, type TransportFault } from './faults'
import type { WeChat } from './wechat'
import { WIRE_FAULTS } from './wire-faults'

/** What an exchange needs besides the request. */
export interface ExchangeOptions {
  readonly wechat: WeChat
  readonly faults: FaultQueue
  readonly latencyMs: number
  /** The simulator's own base URL. */
  readonly url: () => string
}

/** Answers one call of a WeChat path: chooses the fault, asks WeChat, sends what comes of it. */
export function answerCall(
  call: RecordedCall,
  req: IncomingMessage,
  res: ServerResponse,
  reused: boolean,
  options: ExchangeOptions,
): void {
  const { wechat, faults, latencyMs, url } = options
  const fault = faults.take({ path: call.path, reused }) ?? faultNamedBy(call, reused)
  if (fault !== undefined) call.fault = fault

  // Everything WeChat does, it does now; only the answer waits. So a client that has given up has
  // still spent its code, as it would have with the real one.
  const transport = fault !== undefined && 'transport' in fault ? fault.transport : undefined
  const answer = decide(call, fault, wechat)
  if (answer.errcode !== undefined) call.errcode = answer.errcode
  const waitMs = latencyMs + (fault !== undefined && 'late' in fault ? fault.late : 0)
  after(res, waitMs, () => {
    if (transport === undefined) send(res, answer, wechat.now())
    else strike(transport, answer, { call, req, res, url: url(), now: wechat.now() })
  })
}

function faultNamedBy(call: RecordedCall, reused: boolean): Fault | undefined {
  const fault = faultOfCode(ENDPOINTS.get(call.path)?.codeOf?.(call) ?? '')
  return fault !== undefined && canStrike(fault, reused) ? fault : undefined
}

/** WeChat's own answer; empty if the fault keeps the call from it. */
function decide(call: RecordedCall, fault: Fault | undefined, wechat: WeChat): Answer {
  const endpoint = ENDPOINTS.get(call.path)
  if (fault !== undefined && 'errcode' in fault) {
    const { errcode, spends = !BEFORE_THE_CODE.has(Number(errcode)) } = fault
    if (spends) endpoint?.burn?.(call, wechat)
    return refuse(call, errcode)
  }
  if (fault !== undefined && 'transport' in fault && !TRANSPORT_FAULTS[fault.transport].spendsCode)
    return NOT_FOUND
  return endpoint === undefined ? NOT_FOUND : endpoint.answer(call, wechat)
}

/** Where a fault strikes. */
interface Target {
  readonly call: RecordedCall
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly url: string
  readonly now: number
}

function strike(transport: TransportFault, answer: Answer, target: Target): void {
  const { call, req, res, url, now } = target
  if (has(FOREIGN_FAULTS, transport)) send(res, FOREIGN_FAULTS[transport](url), now)
  else if (has(ANSWER_FAULTS, transport)) send(res, ANSWER_FAULTS[transport](answer, call), now)
  else WIRE_FAULTS[transport]({ res, socket: req.socket as Socket, answer })
}

function has<T extends object>(table: T, name: PropertyKey): name is keyof T {
  return Object.hasOwn(table, name)
}

/** Acts later, unless the caller is gone by then. */
function after(res: ServerResponse, waitMs: number, act: () => void): void {
  if (waitMs === 0) {
    act()
    return
  }
  const timer = setTimeout(act, waitMs)
  res.once('close', () => clearTimeout(timer))
}
