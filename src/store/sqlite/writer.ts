import { parentPort, workerData } from 'node:worker_threads'
import type { Statements } from '../sql/statements'
import { BatchWriter } from './batch-writer'
import { openSqlite, type SqliteDatabase, type SqliteOptions } from './binding'
import {
  checkWhole,
  DAMAGED,
  FILE_GONE,
  type FileIdentity,
  isCheckedAtStart,
  isDamage,
  isInPlace,
} from './damage'
import { PreparedSequences } from './prepared-sequences'
import { READY, type WriterMessage } from './writer-messages'

const CHECK_CACHE_KIB = 2048

/** What the writing thread is started with. */
export interface WriterOptions {
  readonly file: string
  /** Of the file that was migrated. */
  readonly identity: FileIdentity
  readonly statements: Statements
  readonly connection: SqliteOptions
  /** Of the callers' time, what is kept for the commit once a lock was waited for. */
  readonly commitMs: number
}

/**
 * The thread that owns the writing connection. SQLite is synchronous and a durable commit waits
 * for the disk: here it holds up nobody.
 */
function main(options: WriterOptions): void {
  dropWarnings()
  // Opening a file that is gone would make a new one. Those who wait hear of it by this name.
  if (!isInPlace(options.file, options.identity)) throw new Error(FILE_GONE)
  if (isWhole(options)) write(options)
  else refuse()
}

/** Looks at every page of a file that was too large for the start: the service serves meanwhile. */
function isWhole({ file, connection }: WriterOptions): boolean {
  if (isCheckedAtStart(file)) return true
  // On a connection of its own: the check fills its cache with pages that no write needs.
  const { busyTimeoutMs } = connection
  const database = openSqlite(file, { busyTimeoutMs, cacheKib: CHECK_CACHE_KIB })
  try {
    checkWhole(database, file)
    return true
  } catch (error) {
    if (isDamage(error)) return false
    throw error
  } finally {
    database.close()
  }
}

/** A damaged file is not written to: that could destroy what a recovery would save. */
function refuse(): void {
  parentPort?.postMessage(DAMAGED)
  parentPort?.on('message', (message: WriterMessage) => {
    if (message === 'close') parentPort?.close()
  })
}

function write({ file, identity, statements, connection, commitMs }: WriterOptions): void {
  const database = openSqlite(file, connection)
  // From here on the write lock waits, not SQLite.
  setBusyTimeout(database, 0)
  const sequences = new PreparedSequences(database, statements)
  const writer = new BatchWriter({
    database,
    file,
    identity,
    run: write => sequences.run(write),
    lockMs: connection.busyTimeoutMs,
    commitMs,
  })
  parentPort?.on('message', (message: WriterMessage) => {
    if (message === 'close') {
      setBusyTimeout(database, connection.busyTimeoutMs)
      close(database)
      return
    }
    parentPort?.postMessage(writer.write(message))
    writer.leave()
  })
  parentPort?.postMessage(READY)
}

/** This thread's Node prints of its own accord that SQLite is new there, in the middle of a log of JSON. */
function dropWarnings(): void {
  process.removeAllListeners('warning')
}

function setBusyTimeout(database: SqliteDatabase, ms: number): void {
  database.exec(`pragma busy_timeout = ${ms}`)
}

function close(database: SqliteDatabase): void {
  // Leaves one tidy file behind, also where another connection keeps SQLite from doing it.
  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
  parentPort?.close()
}

main(workerData as WriterOptions)
