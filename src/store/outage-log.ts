import type { Events } from '../events'

/** Tells when a store is lost and when it is back: one event for each change, however often it is met. */
export interface OutageLog {
  /** Why the store cannot be used right now, in a word; undefined while it can. */
  readonly reason: string | undefined
  /** The store cannot be used, and comes back by itself; with a `fix`, once the operator did that. */
  lost(reason: string, fix?: string): void
  /** The store answered no. Only the operator can change that: `fix` says how. */
  refused(reason: string, fix?: string): void
  /** The store does what it is asked. */
  back(): void
}

/** `setting` names what the operator has set. Its value may hold a password and is never told. */
export function createOutageLog(events: Events, setting: string): OutageLog {
  let reason: string | undefined
  function tell(why: string, fix?: string): void {
    if (why !== reason) {
      events.tell({ type: 'store.lost', setting, reason: why, ...(fix !== undefined && { fix }) })
    }
    reason = why
  }
  return {
    get reason() {
      return reason
    },
    lost: tell,
    refused: tell,
    back() {
      if (reason !== undefined) events.tell({ type: 'store.back', setting })
      reason = undefined
    },
  }
}
