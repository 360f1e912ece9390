import { parentPort, workerData } from 'node:worker_threads'
import type { Result, Row, Value } from '../sql/sql-store'
import type { Statements } from '../sql/statements'
import { openSqlite, type SqliteOptions, type SqliteStatement } from './binding'
import { DAMAGED, FILE_GONE, type FileIdentity, isDamage, isInPlace } from './damage'
import {
  paramsOf,
  statementsOf,
  type WireFailure,
  type WireMessage,
  type WireResult,
  type WireWrite,
} from './wire'
import { createWriteLock, isBusy } from './write-lock'

export interface WriterOptions {
  readonly file: string
  /** Of the file that was migrated; another one is not written to. */
  readonly identity: FileIdentity
  readonly statements: Statements
  readonly options: SqliteOptions
}

/** A statement of a write: where in the write's values its own parameters stand. */
interface Step {
  readonly statement: SqliteStatement
  readonly params: readonly number[]
  /** Of one that selects: which value each column becomes for the steps after it. */
  readonly selects: readonly (readonly [column: string, value: number])[] | undefined
}

/** Of the callers' time, what is kept for the commit once a lock was waited for. */
const COMMIT_MS = 200

/**
 * The thread that owns the writing connection. SQLite is synchronous and a durable commit waits
 * for the disk: here it holds up nobody. All writes that wait are committed in one transaction.
 */
function main(): void {
  const { file, identity, statements, options } = workerData as WriterOptions
  // Opening it would make a new one.
  if (!isInPlace(file, identity)) throw new Error(FILE_GONE)
  const database = openSqlite(file, options)
  const setBusyTimeout = (ms: number) => database.exec(`pragma busy_timeout = ${ms}`)
  // From here on the lock waits, not SQLite.
  setBusyTimeout(0)
  const lock = createWriteLock(database)
  const prepared = new Map<string, SqliteStatement>()
  const plans = new Map<string, readonly Step[]>()
  let syncs = true
  let lockDeadline = 0
  let wasLocked = false

  const prepare = (sql: string): SqliteStatement => {
    const statement = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }

  const plan = (key: string): readonly Step[] => {
    const names = paramsOf(key, statements)
    return statementsOf(key).map(name => {
      const statement = prepare(statements[name].sql)
      const columns = statement.columns().map(column => column.name)
      const known = columns.filter(column => names.includes(column))
      return {
        statement,
        params: statements[name].params.map(param => names.indexOf(param)),
        selects:
          columns.length === 0 ? undefined : known.map(column => [column, names.indexOf(column)]),
      }
    })
  }

  const runStep = ({ statement, params, selects }: Step, values: Value[]): Result => {
    const given = params.map(index => values[index])
    if (!selects) return Number(statement.run(...given).changes)
    // Plain objects: what SQLite gives has no prototype and does not travel.
    const rows = statement.all(...given).map(row => ({ ...(row as Row) }))
    for (const [column, index] of selects) values[index] = rows[0]?.[column] ?? null
    return rows
  }

  const runWrite = ([key, ...values]: WireWrite): Result[] => {
    let steps = plans.get(key)
    if (!steps) {
      steps = plan(key)
      plans.set(key, steps)
    }
    return steps.map(step => runStep(step, values))
  }

  const inTransaction = <T>(work: () => T): T => {
    lock.begin(Math.max(0, Math.min(options.busyTimeoutMs, lockDeadline - Date.now())))
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

  const runOne = (write: WireWrite): WireResult => {
    try {
      return inTransaction(() => runWrite(write))
    } catch (error) {
      return failure(error)
    } finally {
      lock.leave()
    }
  }

  parentPort?.on('message', (message: WireMessage) => {
    if (message === 'close') {
      setBusyTimeout(options.busyTimeoutMs)
      // Leaves one tidy file behind, also where another connection keeps SQLite from doing it.
      database.exec('pragma wal_checkpoint(truncate)')
      database.close()
      parentPort?.close()
      return
    }
    const { deadline, firstDeadline, durable, writes } = message
    if (durable !== syncs) {
      database.exec(`pragma synchronous = ${durable ? 'full' : 'normal'}`)
      syncs = durable
    }
    // Callers of this batch who sat through another one's wait have waited for the same lock.
    lockDeadline = (wasLocked ? firstDeadline : deadline) - COMMIT_MS
    wasLocked = false
    // A write whose caller was told no must not happen after all.
    const isLate = () => Date.now() >= deadline
    const late: WireFailure = { code: 'too_late' }
    let results: readonly WireResult[]
    try {
      if (isLate()) results = writes.map(() => late)
      else if (!isInPlace(file, identity)) results = writes.map(() => ({ code: FILE_GONE }))
      else results = inTransaction(() => writes.map(runWrite))
    } catch (error) {
      // One bad write must not take the others down with it: each again by itself. A file that is
      // locked is locked for all of them.
      wasLocked = isBusy(error)
      const alone = writes.length === 1 || wasLocked
      results = alone
        ? writes.map(() => failure(error))
        : writes.map(write => (isLate() ? late : runOne(write)))
    }
    parentPort?.postMessage(results)
    lock.leave()
  })
}

/** Those that say something about the disk, by the error's low byte; the rest is its kind. */
const NAMES: Readonly<Record<number, string>> = {
  8: 'readonly',
  10: 'io',
  13: 'full',
  14: 'cannot_open',
}

function failure(error: unknown): WireFailure {
  if (isDamage(error)) return { code: DAMAGED }
  const { code, errcode } = error as { code?: string; errcode?: number }
  const name = errcode === undefined ? undefined : NAMES[errcode & 0xff]
  return { code: `sqlite_${name ? `${name}_` : ''}${errcode ?? code ?? 'unknown'}` }
}

main()
