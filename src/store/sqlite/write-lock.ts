import type { SqliteDatabase } from './binding'

const SQLITE_BUSY = 5
const POLL_MS = 1
/** Of the time that the lock was held, what it is left free for: on a slow disk more than POLL_MS. */
const LEAVE_SHARE = 1 / 10
/** Who met another writer so lately will meet it again. */
const OTHERS_STAY_MS = 1000

/**
 * The right to write to a file that several processes write to; only one at a time can. SQLite's
 * own wait looks ever more rarely, up to every 100 ms, and a busy neighbour on a slow disk leaves
 * the lock free for less than that between two commits: it could miss every gap until its callers
 * are refused. This one looks every millisecond, and leaves a gap where others have been met.
 *
 * Blocks its thread. The connection's own busy time-out must be 0.
 */
export interface WriteLock {
  /**
   * Begins a transaction that may write.
   *
   * @throws Error SQLite's, with its `errcode`, when another holds the lock for longer than `patienceMs`
   */
  begin(patienceMs: number): void
  /** After a transaction: lets others in if there are any. */
  leave(): void
}

export function createWriteLock(database: SqliteDatabase): WriteLock {
  const clock = new Int32Array(new SharedArrayBuffer(4))
  const pause = (ms: number): void => void Atomics.wait(clock, 0, 0, ms)
  let lastMet = Number.NEGATIVE_INFINITY
  let begun: number | undefined

  return {
    begin(patienceMs) {
      begun = undefined
      const end = performance.now() + patienceMs
      for (;;) {
        try {
          database.exec('begin immediate')
          begun = performance.now()
          return
        } catch (error) {
          if (!isBusy(error)) throw error
          lastMet = performance.now()
          if (lastMet >= end) throw error
        }
        pause(POLL_MS)
      }
    },
    leave() {
      const now = performance.now()
      if (begun === undefined || now - lastMet > OTHERS_STAY_MS) return
      pause((now - begun) * LEAVE_SHARE)
    },
  }
}

/** Whether another connection holds a lock that a statement needed. */
export function isBusy(error: unknown): boolean {
  return (Number((error as { errcode?: number }).errcode) & 0xff) === SQLITE_BUSY
}
