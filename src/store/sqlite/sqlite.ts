import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, SqliteAdapter, SqliteDialect } from 'kysely'
import { LoginError } from '../../errors'
import type { OutageLog } from '../outage-log'
import { migrate, type Tables } from '../sql/schema'
import type { Params, Row, SqlDriver, Value } from '../sql/sql-store'
import { compileStatements, type Statement, type StatementName } from '../sql/statements'
import { openSqlite, type SqliteDatabase, type SqliteOptions } from './binding'
import { checkWhole, DAMAGED, FILE_GONE, FIX, identityOf, isDamage } from './damage'
import { GroupCommit } from './group-commit'
import { toWire } from './wire'
import { isBusy } from './write-lock'

/** Reads wait on the event loop, so briefly; the writing thread may wait longer for another process. */
const READER: SqliteOptions = { busyTimeoutMs: 100, cacheKib: 16_384 }
const WRITER: SqliteOptions = { busyTimeoutMs: 800, cacheKib: 65_536 }

/** Full, failing, read-only or gone: what the operator hears of beside the requests that fail. */
const DISK_TROUBLE = /^(disk_stalled|sqlite_(full|io|readonly|cannot_open))/
const OPEN_ATTEMPTS = 50

export interface SqliteDriverOptions {
  file: string
  sweepBatch: number
  outages: OutageLog
}

/**
 * One SQLite file: reads run here on prepared statements in a few microseconds, writes go to a
 * thread of their own. Creates the file, readable by its owner only, and migrates it.
 *
 * A file that turns out to be damaged is written to no more, for that could destroy what a recovery
 * would save; what can be read of it is still read.
 *
 * @throws Error with `code` when the file cannot be opened, is no database, is damaged or cannot be
 * migrated
 */
export async function openSqliteDriver(options: SqliteDriverOptions): Promise<SqlDriver> {
  const { file, sweepBatch, outages } = options
  mkdirSync(dirname(file), { recursive: true })
  closeSync(openSync(file, 'a', 0o600))
  const { database, db } = await openWhenFree(file)
  database.exec('pragma query_only = on')

  const statements = compileStatements(db, 'sqlite', sweepBatch)
  const prepared = new Map<StatementName, (params: Params) => readonly Row[]>()
  const writer = new GroupCommit({
    script: join(__dirname, 'writer.js'),
    workerData: { file, identity: identityOf(file), statements, options: WRITER },
  })

  let isDamaged = false
  function note(reason: string | undefined): void {
    isDamaged ||= reason === DAMAGED
    if (reason === DAMAGED || reason === FILE_GONE) outages.refused(reason, FIX[reason])
    else if (reason && DISK_TROUBLE.test(reason)) outages.lost(reason)
  }

  function read(name: StatementName, params: Params): readonly Row[] {
    let run = prepared.get(name)
    if (!run) {
      run = prepareRead(database, statements[name])
      prepared.set(name, run)
    }
    return run(params)
  }

  return {
    async read(name, params) {
      try {
        return read(name, params)
      } catch (error) {
        if (!isDamage(error)) throw error
        note(DAMAGED)
        throw new LoginError('store_unavailable', { reason: DAMAGED })
      }
    },
    async write(names, params, { durable = true } = {}) {
      if (isDamaged) throw new LoginError('store_unavailable', { reason: DAMAGED })
      try {
        const results = await writer.write(toWire(names, params, statements), durable)
        outages.back()
        return results
      } catch (error) {
        note((error as LoginError).reason)
        throw error
      }
    },
    async close() {
      // The writer last: only a connection that may write clears the WAL away when it goes.
      database.close()
      await writer.close()
    },
  }
}

/**
 * Where the binding can give rows as lists it does: naming each value is dearer there than here,
 * where every row of a statement has one shape.
 */
function prepareRead(database: SqliteDatabase, { sql, params: names }: Statement) {
  const statement = database.prepare(sql)
  const run = (params: Params) => statement.all(...names.map(name => params[name]))
  if (!statement.setReturnArrays) return run as (params: Params) => readonly Row[]
  const columns = statement.columns().map(({ name }) => name)
  statement.setReturnArrays(true)
  return (params: Params): readonly Row[] =>
    (run(params) as Value[][]).map(values => {
      const row: Record<string, Value> = {}
      for (let i = 0; i < columns.length; i++) row[columns[i] as string] = values[i] as Value
      return row
    })
}

/** SQLite can roll back its schema; told so, Kysely migrates in one transaction, all or nothing. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class Dialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

/** Another instance that starts at the same moment prepares the file: then this one waits its turn. */
async function openWhenFree(file: string) {
  for (let attempt = 1; ; attempt++) {
    let database: SqliteDatabase | undefined
    try {
      database = openSqlite(file, READER)
      checkWhole(database, file)
      const db = new Kysely<Tables>({ dialect: new Dialect({ database: forKysely(database) }) })
      await migrate(db, 'sqlite')
      return { database, db }
    } catch (error) {
      database?.close()
      if (!isBusy(error) || attempt === OPEN_ATTEMPTS) throw error
      await sleep(100)
    }
  }
}

/** Kysely's SQLite dialect wants a statement to say whether it returns rows, and parameters in a list. */
function forKysely(database: SqliteDatabase) {
  return {
    close: () => database.close(),
    prepare(sql: string) {
      // A migration must see what it is about to change under the lock that keeps others out.
      const statement = database.prepare(sql === 'begin' ? 'begin immediate' : sql)
      return {
        reader: statement.columns().length > 0,
        all: (params: readonly unknown[]) => statement.all(...params),
        run: (params: readonly unknown[]) => statement.run(...params),
        iterate: (params: readonly unknown[]) =>
          statement.all(...params)[Symbol.iterator]() as IterableIterator<unknown>,
      }
    },
  }
}
