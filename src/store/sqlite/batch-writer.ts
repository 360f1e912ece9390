import type { Result } from '../sql/driver'
import type { SqliteDatabase } from './binding'
import { DAMAGED, FILE_GONE, type FileIdentity, isDamage, isInPlace } from './damage'
import { createWriteLock, isBusy, pauseThread, type WriteLock } from './write-lock'
import type { BatchMessage, WriteFailure, WriteMessage, WriteResult } from './writer-messages'

export interface BatchWriterOptions {
  database: SqliteDatabase
  file: string
  /** Of the file that was migrated; another one is not written to. */
  identity: FileIdentity
  /** Runs one write inside a transaction. */
  run(write: WriteMessage): Result[]
  /** The longest wait for another process's lock, in ms. */
  lockMs: number
  /** The part of the callers' time that a wait for the lock must leave for the commit, in ms. */
  commitMs: number
}

const TOO_LATE: WriteFailure = { code: 'too_late' }
/** The rows are gone, and their old content is still in the WAL: to be asked for once more. */
const NOT_SHRED: WriteFailure = { code: 'wal_in_use' }
const SHRED_POLL_MS = 1

/** Commits the writes of a batch in one transaction, and each by itself where that fails. */
export class BatchWriter {
  readonly #options: BatchWriterOptions
  readonly #lock: WriteLock
  #isDurable = true
  /** Until when the batch at hand may wait for the lock, in ms since 1970. */
  #lockDeadline = 0
  /** Whether the batch before found the file locked to its end. */
  #wasLocked = false

  constructor(options: BatchWriterOptions) {
    this.#options = options
    this.#lock = createWriteLock(options.database)
  }

  write(batch: BatchMessage): readonly WriteResult[] {
    const results = this.#commit(batch)
    if (batch.shredding.length === 0 || this.#shredWal(batch)) return results
    return results.map((result, place) => (batch.shredding.includes(place) ? NOT_SHRED : result))
  }

  /**
   * Copies the WAL into the file and cuts it to nothing: its old pages still hold what a delete has
   * overwritten in the file. Returns whether it could. Readers of other processes are waited for.
   */
  #shredWal({ deadline }: BatchMessage): boolean {
    for (;;) {
      this.#lock.leave()
      if (isWalCut(this.#options.database)) return true
      if (Date.now() >= deadline) return false
      pauseThread(SHRED_POLL_MS)
    }
  }

  #commit(batch: BatchMessage): readonly WriteResult[] {
    this.#setDurable(batch.durable)
    // The batch before waited in vain for the lock. The first caller of this batch waited meanwhile,
    // so the time of that caller is the shortest and counts for all.
    const deadline = this.#wasLocked ? batch.firstDeadline : batch.deadline
    this.#lockDeadline = deadline - this.#options.commitMs
    this.#wasLocked = false
    try {
      const refusal = this.#refusalOf(batch)
      if (refusal) return batch.writes.map(() => refusal)
      return this.#inTransaction(() => batch.writes.map(this.#options.run))
    } catch (error) {
      return this.#afterFailure(batch, error)
    }
  }

  /** Lets others write, once the callers have been told. */
  leave(): void {
    this.#lock.leave()
  }

  #setDurable(durable: boolean): void {
    if (durable === this.#isDurable) return
    this.#options.database.exec(`pragma synchronous = ${durable ? 'full' : 'normal'}`)
    this.#isDurable = durable
  }

  /**
   * Why a batch must not be written: its callers were told no already, or the file was removed or
   * replaced and what is written would be lost.
   */
  #refusalOf({ deadline }: BatchMessage): WriteFailure | undefined {
    const { file, identity } = this.#options
    if (Date.now() >= deadline) return TOO_LATE
    return isInPlace(file, identity) ? undefined : { code: FILE_GONE }
  }

  /** One bad write must not take the others down with it. A locked file is locked for all of them. */
  #afterFailure({ writes, deadline }: BatchMessage, error: unknown): readonly WriteResult[] {
    this.#wasLocked = isBusy(error)
    if (writes.length === 1 || this.#wasLocked) return writes.map(() => toFailure(error))
    return writes.map(write => (Date.now() >= deadline ? TOO_LATE : this.#writeAlone(write)))
  }

  #writeAlone(write: WriteMessage): WriteResult {
    try {
      return this.#inTransaction(() => this.#options.run(write))
    } catch (error) {
      return toFailure(error)
    } finally {
      this.#lock.leave()
    }
  }

  #inTransaction<T>(work: () => T): T {
    const { database, lockMs } = this.#options
    this.#lock.begin(Math.max(0, Math.min(lockMs, this.#lockDeadline - Date.now())))
    try {
      const result = work()
      database.exec('commit')
      return result
    } catch (error) {
      try {
        database.exec('rollback')
      } catch {
        // SQLite has rolled back by itself, as it does when the disk is full.
      }
      throw error
    }
  }
}

/** Asks SQLite to cut the WAL; false while a reader or another writer needs it. */
function isWalCut(database: SqliteDatabase): boolean {
  try {
    const [row] = database.prepare('pragma wal_checkpoint(truncate)').all()
    return (row as { busy: number }).busy === 0
  } catch {
    return false
  }
}

/** Names of errors of the disk. The low byte of SQLite's code is the error; the rest is detail. */
const DISK_ERRORS: Readonly<Record<number, string>> = {
  8: 'readonly',
  10: 'io',
  13: 'full',
  14: 'cannot_open',
}

function toFailure(error: unknown): WriteFailure {
  if (isDamage(error)) return { code: DAMAGED }
  const { code, errcode } = error as { code?: string; errcode?: number }
  const name = errcode === undefined ? undefined : DISK_ERRORS[errcode & 0xff]
  return { code: `sqlite_${name ? `${name}_` : ''}${errcode ?? code ?? 'unknown'}` }
}
