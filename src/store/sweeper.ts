import type { Log } from '../log'
import type { Store } from './store'

const EVERY_MS = 60_000
/** Between two batches of one sweep, so that logins get their turn. */
const PAUSE_MS = 50

export interface SweeperOptions {
  store: Pick<Store, 'sweep'>
  now: () => number
  log: Log
}

/** Removes what has expired, in small batches, away from any request. Returns how to stop it. */
export function startSweeper({ store, now, log }: SweeperOptions): () => void {
  let timer: NodeJS.Timeout
  let stopped = false
  const again = (ms: number) => {
    if (!stopped) timer = setTimeout(sweep, ms).unref()
  }
  function sweep(): void {
    store.sweep(now()).then(
      more => again(more ? PAUSE_MS : EVERY_MS),
      error => {
        log.warn('sweep_failed', { reason: error.reason })
        again(EVERY_MS)
      },
    )
  }
  again(EVERY_MS)
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
