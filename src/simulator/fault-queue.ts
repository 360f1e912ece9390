import { type Fault, isTransportFault } from './faults'

/** When a fault strikes. */
export interface FaultOptions {
  /** How many calls it strikes: a whole number from 1, or Infinity. Default 1. */
  times?: number
  /** Only calls of this path, e.g. `/sns/jscode2session`. Default: every WeChat path. */
  path?: string
}

/** Faults that wait for their calls, first come first served. */
export interface FaultQueue {
  /** @throws TypeError when the fault or an option is not one of those documented */
  add(fault: Fault, options?: FaultOptions): void
  take(call: { path: string; reused: boolean }): Fault | undefined
  forget(): void
}

export function createFaultQueue(): FaultQueue {
  let waiting: { fault: Fault; times: number; path: string | undefined }[] = []
  return {
    add(fault, { times = 1, path } = {}) {
      checkFault(fault)
      if (times !== Number.POSITIVE_INFINITY && !(Number.isInteger(times) && times >= 1)) {
        throw new TypeError('"times" must be a whole number from 1, or Infinity')
      }
      if (path !== undefined && (typeof path !== 'string' || !path.startsWith('/'))) {
        throw new TypeError('"path" must begin with "/"')
      }
      waiting.push({ fault, times, path })
    },
    take({ path, reused }) {
      const next = waiting.find(
        entry => (entry.path ?? path) === path && canStrike(entry.fault, reused),
      )
      if (next === undefined) return undefined
      next.times -= 1
      if (next.times === 0) waiting = waiting.filter(entry => entry !== next)
      return next.fault
    },
    forget() {
      waiting = []
    },
  }
}

/** Only a connection that has idled can be stale. */
export function canStrike(fault: Fault, reused: boolean): boolean {
  return reused || !('transport' in fault) || fault.transport !== 'stale'
}

/** What comes in over HTTP, or from plain JavaScript, has no types. */
function checkFault(fault: Readonly<Partial<Record<'errcode' | 'transport' | 'late', unknown>>>) {
  const kinds = ['errcode', 'transport', 'late'] as const
  const given = kinds.filter(kind => fault[kind] !== undefined)
  if (given.length !== 1) {
    throw new TypeError('a fault has exactly one of "errcode", "transport" and "late"')
  }
  const { errcode, transport, late } = fault
  if (errcode !== undefined && !isErrcode(errcode)) {
    throw new TypeError('"errcode" must be a whole number, or such a number as a string')
  }
  if (transport !== undefined && !(typeof transport === 'string' && isTransportFault(transport))) {
    throw new TypeError(`"transport" does not know the fault ${JSON.stringify(transport)}`)
  }
  if (late !== undefined && !(typeof late === 'number' && late >= 0 && late <= 2 ** 31 - 1)) {
    throw new TypeError('"late" must be a number of milliseconds from 0')
  }
}

function isErrcode(value: unknown): boolean {
  return Number.isInteger(value) || (typeof value === 'string' && /^-?\d{1,9}$/.test(value))
}
