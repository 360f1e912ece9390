import type { SqliteDatabase } from './binding'

const SQLITE_BUSY = 5
const POLL_MS = 1
/** A commit that took so long leaves a gap that whoever polls finds. */
const SLOW_COMMIT_MS = 10
const LEAVE_SHARE = 1 / 10
const LEAVE_MAX_MS = 20

/**
 * The right to write to a file that several processes may write to; only one at a time can. SQLite's
 * own wait looks ever more rarely, up to every 100 ms, and a busy neighbour on a slow disk leaves
 * the lock free for less than that between two commits: it could miss every gap until its callers
 * are refused. This one looks every millisecond, and leaves a gap after a slow commit. Who of
 * several gets in is chance.
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
  /** After a transaction: blocks for a moment if it was slow, so that others get in. */
  leave(): void
}

export function createWriteLock(database: SqliteDatabase): WriteLock {
  let begun: number | undefined

  return {
    begin(patienceMs) {
      const end = performance.now() + patienceMs
      for (;;) {
        try {
          database.exec('begin immediate')
          begun = performance.now()
          return
        } catch (error) {
          if (!isBusy(error) || performance.now() >= end) throw error
        }
        pauseThread(POLL_MS)
      }
    },
    leave() {
      const held = begun === undefined ? 0 : performance.now() - begun
      begun = undefined
      if (held >= SLOW_COMMIT_MS) pauseThread(Math.min(held * LEAVE_SHARE, LEAVE_MAX_MS))
    },
  }
}

const clock = new Int32Array(new SharedArrayBuffer(4))

/** Blocks the thread for so long. */
export function pauseThread(ms: number): void {
  Atomics.wait(clock, 0, 0, ms)
}

/** Whether another connection holds a lock that a statement needed. */
export function isBusy(error: unknown): boolean {
  return (Number((error as { errcode?: number }).errcode) & 0xff) === SQLITE_BUSY
}
