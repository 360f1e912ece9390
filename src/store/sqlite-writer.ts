import { parentPort, workerData } from 'node:worker_threads'
import { type Row, resolveParam, type StepResult } from './sql'
import { openSqlite, type SqliteOptions, type SqliteStatement } from './sqlite-binding'

/** One step on its way to this thread: the statement's number, then its parameters in order. */
export type WireStep = readonly [statement: number, ...params: unknown[]]
export type WireWrite = readonly WireStep[]
export type WireResult = readonly StepResult[] | WireFailure
export interface WireFailure {
  readonly code: string
}
/** What the thread is told: writes, and when their callers stop waiting (ms since 1970), or to end. */
export type WireMessage = WireBatch | 'close'
export interface WireBatch {
  readonly deadline: number
  /** Whether the batch has to be on the disk before anybody hears of it. */
  readonly durable: boolean
  readonly writes: readonly WireWrite[]
}
export interface WriterOptions {
  readonly file: string
  readonly statements: readonly string[]
  readonly options: SqliteOptions
}

const SQLITE_BUSY = 5

/**
 * The thread that owns the writing connection. SQLite is synchronous and a durable commit waits
 * for the disk: here it holds up nobody. All writes that wait are committed in one transaction.
 */
function main(): void {
  const { file, statements, options } = workerData as WriterOptions
  const database = openSqlite(file, options)
  const prepared = statements.map(sql => {
    const statement = database.prepare(sql)
    return { statement, selects: statement.columns().length > 0 }
  })

  let syncs = true

  const runStep = ([number, ...given]: WireStep, results: readonly StepResult[]): StepResult => {
    const params = given.map(param => resolveParam(param, results))
    const { statement, selects } = prepared[number] as {
      statement: SqliteStatement
      selects: boolean
    }
    if (selects)
      return { rows: statement.all(...params).map(row => ({ ...(row as Row) })), changes: 0 }
    return { rows: [], changes: Number(statement.run(...params).changes) }
  }

  const runWrite = (write: WireWrite): StepResult[] => {
    const results: StepResult[] = []
    for (const step of write) results.push(runStep(step, results))
    return results
  }

  const inTransaction = <T>(work: () => T): T => {
    database.exec('begin immediate')
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
    }
  }

  parentPort?.on('message', (message: WireMessage) => {
    if (message === 'close') {
      // Leaves one tidy file behind, also where another connection keeps SQLite from doing it.
      database.exec('pragma wal_checkpoint(truncate)')
      database.close()
      parentPort?.close()
      return
    }
    const { deadline, durable, writes } = message
    if (durable !== syncs) {
      database.exec(`pragma synchronous = ${durable ? 'full' : 'normal'}`)
      syncs = durable
    }
    // A write whose caller was told no must not happen after all.
    const isLate = () => Date.now() >= deadline
    const late: WireFailure = { code: 'too_late' }
    let results: readonly WireResult[]
    try {
      if (isLate()) results = writes.map(() => late)
      else results = inTransaction(() => writes.map(runWrite))
    } catch (error) {
      // One bad write must not take the others down with it: each again by itself. A file that is
      // locked is locked for all of them.
      const alone = writes.length === 1 || isBusy(error)
      results = alone
        ? writes.map(() => failure(error))
        : writes.map(write => (isLate() ? late : runOne(write)))
    }
    parentPort?.postMessage(results)
  })
}

function isBusy(error: unknown): boolean {
  return (error as { errcode?: number }).errcode === SQLITE_BUSY
}

function failure(error: unknown): WireFailure {
  const { code, errcode } = error as { code?: string; errcode?: number }
  return { code: `sqlite_${errcode ?? code ?? 'unknown'}` }
}

main()
