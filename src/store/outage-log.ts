import type { Log } from '../log'

/** Tells the operator when a store is lost and when it is back: a line for each change, no more. */
export interface OutageLog {
  /** Why the store cannot be used right now, in a word; undefined while it can. */
  readonly reason: string | undefined
  /** It cannot be reached. Said again only when the reason is another one. */
  lost(reason: string): void
  /** It was reached and said no, which only the operator can change. */
  refused(reason: string, fix?: string): void
  back(): void
}

/** `setting` names what the operator has set; its value may hold a password and is never told. */
export function createOutageLog(log: Log, setting: string): OutageLog {
  let reason: string | undefined
  const tell = (level: 'warn' | 'error', event: string) => (why: string, fix?: string) => {
    if (why !== reason) log[level](event, { setting, reason: why, ...(fix && { fix }) })
    reason = why
  }
  return {
    get reason() {
      return reason
    },
    lost: tell('warn', 'store_connection_lost'),
    refused: tell('error', 'store_refused'),
    back() {
      if (reason !== undefined) log.info('store_connected', { setting })
      reason = undefined
    },
  }
}
