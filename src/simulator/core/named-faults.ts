import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Answer, send } from './answer'
import type { RecordedCall } from './call'

/** Where a named fault strikes. */
export interface Target {
  readonly call: RecordedCall
  /** What the platform would answer. It is empty when the fault keeps the call from the platform. */
  readonly answer: Answer
  readonly res: ServerResponse
  readonly socket: Socket
  /** The simulator's own base URL. */
  readonly url: string
  /** The simulator's clock, ms. */
  readonly now: number
}

/** A fault that has a name: one row of a table of faults. */
export interface NamedFault {
  /** Whether the platform does its work (and spends the code) before the fault strikes. */
  readonly spendsCode: boolean
  /** The fault strikes only a request on a connection that carried another request before. */
  readonly reusedOnly?: boolean
  readonly strike: (target: Target) => void
}

export type NamedFaults<Name extends string = string> = Readonly<Record<Name, NamedFault>>

/** The platform works on the request. Then its answer arrives changed. The code is spent. */
export function changing(change: (answer: Answer, call: RecordedCall) => Answer): NamedFault {
  return spent(({ answer, call, res, now }) => send(res, change(answer, call), now))
}

/** Something that stands before the platform answers in its place. The code is not spent. */
export function instead(answerAt: (url: string) => Answer): NamedFault {
  return unspent(({ res, url, now }) => send(res, answerAt(url), now))
}

/** The platform works on the request. Then the connection misbehaves. */
export function spent(strike: NamedFault['strike']): NamedFault {
  return { spendsCode: true, strike }
}

/** The connection misbehaves before the platform sees the request. */
export function unspent(strike: NamedFault['strike']): NamedFault {
  return { spendsCode: false, strike }
}
