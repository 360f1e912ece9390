import type { Log } from '../log'

/** A listener that fails, fails at every event: at thousands a second the log would hold little else. */
const EVERY_MS = 60_000

/**
 * Takes the faults of listeners, and tells one a minute with the number of those since the last one.
 * Never throws, though a host's own `log` may be what fails: then Node's warning on standard error
 * says so, without the text of the fault, which nobody has cleared of secrets.
 *
 * @param now milliseconds since 1970
 */
export function createListenerFaultLog(log: Log, now: () => number): (fault: unknown) => void {
  let quietUntil = Number.NEGATIVE_INFINITY
  let untold = 0
  return fault => {
    if (now() < quietUntil) {
      untold++
      return
    }
    const stack = fault instanceof Error ? fault.stack : String(fault)
    try {
      log.error('listener_failed', { stack, ...(untold > 0 && { untold }) })
    } catch {
      process.emitWarning('a log line was lost: the option "log" throws', 'MiniprogramLogin')
    }
    quietUntil = now() + EVERY_MS
    untold = 0
  }
}
