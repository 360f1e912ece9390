import { join } from 'node:path'
import { LoginError } from '../../errors'
import type { Patience } from '../../patience'
import type { OutageLog } from '../outage-log'
import type {
  NearDatabase,
  Result,
  Row,
  SessionChanges,
  SqlDriver,
  WriteOptions,
} from '../sql/driver'
import type { Sequence } from '../sql/sequence'
import type { Value } from '../sql/statement'
import type { StatementName, Statements } from '../sql/statements'
import { DAMAGED, FIX, identityOf, isCheckedAtStart, isDamage } from './damage'
import { diskTroubleOf } from './disk-trouble'
import { GroupCommit } from './group-commit'
import { findWriter } from './missing-part'
import { openFile } from './open-file'
import { createReader } from './reader'
import { createSessionChanges } from './session-changes'

const READER_CACHE_KIB = 16_384
const WRITER_CACHE_KIB = 65_536

export interface SqliteDriverOptions {
  file: string
  tablePrefix: string
  statements: Statements
  outages: OutageLog
  patience: Pick<
    Patience,
    | 'startMs'
    | 'sqliteReadMs'
    | 'sqliteWriteMs'
    | 'sqliteBatchMs'
    | 'sqliteCommitMs'
    | 'sqliteRestartMs'
    | 'migrationConnectMs'
    | 'closeMs'
  >
}

/**
 * One SQLite file: reads run on the event loop, writes go to a thread of their own. Reads wait for a
 * lock on the event loop, so briefly; the writing thread may wait longer for another process.
 *
 * @throws Error as `openFile` does, and MissingPart where the writing thread's program is not there
 */
export async function openSqliteDriver(options: SqliteDriverOptions): Promise<SqlDriver> {
  const { file, tablePrefix, statements, outages, patience } = options
  const database = await openFile({
    file,
    tablePrefix,
    connection: { busyTimeoutMs: patience.sqliteReadMs, cacheKib: READER_CACHE_KIB },
    migrationMs: patience.migrationConnectMs,
  })
  try {
    const read = createReader(database, statements)
    const changes = createSessionChanges(database, tablePrefix)
    // After all that can fail: nobody would end the thread. It speaks once `driver` is there.
    const writer = openWriter(options, () => driver.noteFailure(DAMAGED))
    const close = async () => {
      // The writer last: only a connection that may write clears the WAL away when it goes.
      database.close()
      await writer.close()
    }
    const driver = new SqliteDriver({ read, changes, writer, outages, close })
    return driver
  } catch (error) {
    database.close()
    throw error
  }
}

/** @throws MissingPart */
function openWriter(options: SqliteDriverOptions, onDamage: () => void): GroupCommit {
  const { file, statements, patience } = options
  const script = join(__dirname, 'writer.js')
  findWriter(script)
  return new GroupCommit({
    script,
    workerData: {
      file,
      identity: identityOf(file),
      statements,
      connection: { busyTimeoutMs: patience.sqliteWriteMs, cacheKib: WRITER_CACHE_KIB },
      commitMs: patience.sqliteCommitMs,
    },
    patience,
    // A file that the start has not checked is checked by the thread. For any other the thread would
    // only make the start dearer, and takes 8 MB.
    startsAtOnce: !isCheckedAtStart(file),
    onDamage,
  })
}

interface Parts {
  readonly read: (name: StatementName, values: readonly Value[]) => readonly Row[]
  readonly changes: SessionChanges
  readonly writer: GroupCommit
  readonly outages: OutageLog
  readonly close: () => Promise<void>
}

/**
 * A file that turns out to be damaged is written to no more, for that could destroy what a recovery
 * would save. What can be read of it is still read.
 */
class SqliteDriver implements SqlDriver {
  readonly #parts: Parts
  readonly near: NearDatabase
  #isDamaged = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.near = {
      read: (name, values) => this.#reading(() => parts.read(name, values)),
      look: () => this.#reading(() => parts.changes.look()),
    }
  }

  async read(name: StatementName, values: readonly Value[]): Promise<readonly Row[]> {
    return this.near.read(name, values)
  }

  async write(
    { key, steps }: Sequence,
    values: readonly Value[],
    { durable = true, shred = false }: WriteOptions = {},
  ): Promise<readonly Result[]> {
    if (this.#isDamaged) throw new LoginError('store_unavailable', { reason: DAMAGED })
    const { writer, outages } = this.#parts
    try {
      const message = [key, ...values] as const
      const results = await writer.write({ message, statements: steps.length, durable, shred })
      if (isProof(results, outages.reason)) outages.back()
      return results
    } catch (error) {
      this.noteFailure((error as LoginError).reason)
      throw error
    }
  }

  close(): Promise<void> {
    return this.#parts.close()
  }

  #reading<T>(read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (!isDamage(error)) throw error
      this.noteFailure(DAMAGED)
      throw new LoginError('store_unavailable', { reason: DAMAGED })
    }
  }

  /** Tells the operator what is wrong with the file, where that is more than one write's trouble. */
  noteFailure(reason: string | undefined): void {
    const { outages } = this.#parts
    this.#isDamaged ||= reason === DAMAGED
    if (reason === undefined) return
    const trouble = reason in FIX ? { fix: FIX[reason] } : diskTroubleOf(reason)
    if (trouble) outages.lost(reason, trouble.fix)
  }
}

/** A disk that refuses to be written. A disk that stalls, and a file that is gone, refuse every commit. */
const REFUSES_ROWS = /^sqlite_(full|io|readonly)/

/**
 * Whether a commit proves that what was lost is back. One that met no row needs no space, and proves
 * nothing of a disk that is full: each login there frees a code that it could not claim, which told
 * `store.back` 190 times in a night, and `store.lost` as often (`npm run nights`).
 */
function isProof(results: readonly Result[], lost = ''): boolean {
  const hasChanged = results.some(result => typeof result === 'number' && result > 0)
  return hasChanged || !REFUSES_ROWS.test(lost)
}
