import type { LoginError } from '../errors'
import type { Events } from '../events'
import type { Store } from './contract/store'
import { createOutageLog } from './outage-log'

const EVERY_MS = 60_000
/** Between two batches of one sweep, so that logins get their turn. */
const PAUSE_MS = 50

const SETTING = 'DATABASE_URL (database)'

export interface SweeperOptions {
  store: Pick<Store, 'sweep'>
  now: () => number
  events: Events
}

/**
 * Removes what has expired, in small batches, away from any request. Returns how to stop it.
 *
 * A sweep that fails is tried again after a minute. The drivers tell of a store that is down, and
 * a sweep adds nothing to that. A sweep that fails while the store is up is told: logins would go
 * on, and the tables would grow with nobody noticing.
 */
export function startSweeper({ store, now, events }: SweeperOptions): () => void {
  const outages = createOutageLog(events, SETTING)
  const known = watchOutages(events)
  let timer: NodeJS.Timeout
  let stopped = false
  const again = (ms: number) => {
    if (!stopped) timer = setTimeout(sweep, ms).unref()
  }
  function sweep(): void {
    store.sweep(now()).then(
      more => {
        outages.back()
        again(more ? PAUSE_MS : EVERY_MS)
      },
      (error: unknown) => {
        if (!known.isDown()) outages.lost(`sweep_${(error as LoginError).reason ?? 'failed'}`)
        again(EVERY_MS)
      },
    )
  }
  again(EVERY_MS)
  return () => {
    stopped = true
    clearTimeout(timer)
    known.stop()
  }
}

/** Follows what the drivers tell, so that no outage is told twice. */
function watchOutages(events: Events): { isDown(): boolean; stop(): void } {
  const lost = new Set<string>()
  const stop = events.listen(event => {
    if (event.type === 'store.lost') lost.add(event.setting)
    if (event.type === 'store.back') lost.delete(event.setting)
  })
  return { isDown: () => lost.size > 0, stop }
}
