import type { ServerResponse } from 'node:http'
import { type Answer, send } from './answer'
import type { RecordedCall } from './call'
import type { Fault } from './fault'
import type { FaultQueue } from './fault-queue'
import type { Arrival } from './http-server'
import type { Platform } from './platform'

/** The answer to an address that the platform does not have. An empty 404 claims nothing. */
const NOT_FOUND: Answer = { status: 404, headers: {}, body: '' }

/** What an exchange needs besides the request. */
export interface ExchangeOptions<Name extends string> {
  readonly platform: Platform<Name>
  readonly faults: FaultQueue<Name>
  readonly latencyMs: number
  readonly now: () => number
  /** The simulator's own base URL. */
  readonly url: () => string
}

/** Answers one call of the platform: chooses the fault, asks the platform, sends what comes of it. */
export function answerCall<Name extends string>(
  call: RecordedCall<Name>,
  { req, res, reused }: Arrival,
  options: ExchangeOptions<Name>,
): void {
  const { platform, faults, latencyMs, now, url } = options
  const fault = faults.take({ path: call.path, reused }) ?? faultNamedBy(call, reused, options)
  if (fault !== undefined) call.fault = fault

  // The platform does all its work now; only the answer waits. So a client that has given up has
  // still spent its code, as it would have at the real platform.
  const answer = decide(call, fault, platform)
  if (answer.errcode !== undefined) call.errcode = answer.errcode
  const named = fault !== undefined && 'transport' in fault ? fault.transport : undefined
  const lateMs = fault !== undefined && 'late' in fault ? fault.late : 0
  after(res, latencyMs + lateMs, () => {
    if (named === undefined) send(res, answer, now())
    else {
      const target = { call, answer, res, socket: req.socket, url: url(), now: now() }
      platform.faults[named].strike(target)
    }
  })
}

function faultNamedBy<Name extends string>(
  call: RecordedCall,
  reused: boolean,
  { platform, faults }: ExchangeOptions<Name>,
): Fault<Name> | undefined {
  const code = platform.endpointAt(call.path)?.codeOf?.(call) ?? ''
  const fault = platform.faultOfCode(code)
  return fault !== undefined && faults.canStrike(fault, reused) ? fault : undefined
}

/** The platform's own answer. It is empty if the fault keeps the call from the platform. */
function decide<Name extends string>(
  call: RecordedCall,
  fault: Fault<Name> | undefined,
  platform: Platform<Name>,
): Answer {
  const endpoint = platform.endpointAt(call.path)
  if (fault !== undefined && 'errcode' in fault) {
    const { errcode, spends = !platform.beforeTheCode.has(Number(errcode)) } = fault
    if (spends) endpoint?.burn?.(call)
    return platform.refuse(call, errcode)
  }
  const isKept =
    fault !== undefined && 'transport' in fault && !platform.faults[fault.transport].spendsCode
  return isKept || endpoint === undefined ? NOT_FOUND : endpoint.answer(call)
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
