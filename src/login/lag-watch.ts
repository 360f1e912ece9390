import type { Log } from '../log'
import type { Patience } from '../patience'

export interface LagWatchOptions {
  patience: Pick<Patience, 'lagMs' | 'lagCheckMs' | 'calmMs'>
  log: Log
  /** Milliseconds of a clock that is never set back. Default `performance.now`. */
  uptime?: () => number
}

/** Whether this process keeps up with its work. */
export interface LagWatch {
  /** True from a look that came more than `lagMs` late until one that came in time. */
  isLate(): boolean
  stop(): void
}

/**
 * Looks every `lagCheckMs` how late the event loop is. After a block the look comes before the
 * requests that arrived meanwhile are read, so those are refused already. One look costs under a
 * microsecond; the log hears of an episode once.
 */
export function startLagWatch(options: LagWatchOptions): LagWatch {
  const { patience, log, uptime = () => performance.now() } = options
  const { lagMs, lagCheckMs, calmMs } = patience
  let looked = uptime()
  let isLate = false
  /** When the last look was late. */
  let lateAt = Number.NEGATIVE_INFINITY

  const timer = setInterval(() => {
    const now = uptime()
    const lag = now - looked - lagCheckMs
    looked = now
    isLate = lag > lagMs
    if (!isLate) return
    if (now - lateAt > calmMs + lag) log.warn('event_loop_late', { lag_ms: Math.round(lag) })
    lateAt = now
  }, lagCheckMs)
  timer.unref()
  return { isLate: () => isLate, stop: () => clearInterval(timer) }
}
