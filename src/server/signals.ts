import type { Log } from '../log'

/** The first signal stops gracefully, a second one ends the process at once. */
export function onSignals(
  signals: readonly NodeJS.Signals[],
  stop: (signal: NodeJS.Signals) => void,
): void {
  let received = 0
  for (const signal of signals) {
    process.on(signal, () => {
      if (++received > 1) process.exit(1)
      stop(signal)
    })
  }
}

/**
 * Tells a fault that nobody caught, without secrets, and stops: nobody knows what state the fault
 * left behind.
 */
export function onFault(log: Log, stop: () => void): void {
  const fail = (error: unknown) => {
    log.error('crash', { stack: error instanceof Error ? error.stack : String(error) })
    stop()
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
}
