import { LoginError } from '../../errors'
import { withDeadline } from '../deadline'
import type { OutageLog } from '../outage-log'
import { sqlCodeOf, sqlFaultOf } from './faults'
import type { Params, Result, Row, SqlDriver, Value } from './sql-store'
import type { StatementName, Statements } from './statements'

/** One connection of a driver's pool, lent to one call. */
export interface PooledConnection {
  command(word: 'begin' | 'commit' | 'rollback'): Promise<unknown>
  run(statement: StatementName, values: readonly Value[]): Promise<Result>
  /** Gives it back for the next call. */
  release(): void
  /** Cuts it, whatever it is doing; the server rolls back what was not committed. */
  destroy(): void
}

export interface ConnectionPool {
  connect(): Promise<PooledConnection>
  close(): Promise<void>
}

export interface PooledDriverOptions {
  pool: ConnectionPool
  statements: Statements
  outages: OutageLog
}

/** How often one transaction is tried when it meets others. */
const ATTEMPTS = 5
/** After so long without a failure an outage counts as over. */
const CALM_MS = 1000

/**
 * The store's calls on a database server. Each has one deadline for all that it does: waiting for a
 * connection, every statement, every repetition. A connection that failed is cut and not used again:
 * after a failover the next one leads to the new primary.
 */
export function createPooledDriver({ pool, statements, outages }: PooledDriverOptions): SqlDriver {
  let failedAt = Number.NEGATIVE_INFINITY

  async function call<T>(work: (connection: PooledConnection) => Promise<T>): Promise<T> {
    let held: PooledConnection | undefined
    let isLate = false
    async function lend(): Promise<T> {
      const connection = await pool.connect()
      if (isLate) {
        // Its caller was told no long ago: it is the next one's.
        connection.release()
        throw new LoginError('store_unavailable', { reason: 'deadline' })
      }
      held = connection
      const result = await work(connection)
      if (held) connection.release()
      held = undefined
      return result
    }
    try {
      const result = await withDeadline(lend())
      if (outages.reason !== undefined && performance.now() - failedAt > CALM_MS) outages.back()
      return result
    } catch (error) {
      isLate = true
      held?.destroy()
      held = undefined
      note(error)
      throw error
    }
  }

  function note(error: unknown): void {
    const fault = sqlFaultOf(error)
    if (fault === 'conflict') return
    failedAt = performance.now()
    if (fault === 'outage') outages.lost(sqlCodeOf(error))
    else outages.refused(sqlCodeOf(error))
  }

  const run = (connection: PooledConnection, name: StatementName, params: Params) =>
    connection.run(
      name,
      statements[name].params.map(param => params[param] ?? null),
    )

  async function transaction(
    connection: PooledConnection,
    names: readonly StatementName[],
    given: Params,
  ): Promise<Result[]> {
    await connection.command('begin')
    const params = { ...given }
    const results: Result[] = []
    for (const name of names) {
      const result = await run(connection, name, params)
      results.push(result)
      if (typeof result === 'object') Object.assign(params, result[0])
    }
    await connection.command('commit')
    return results
  }

  return {
    async read(name, params) {
      return (await call(connection => run(connection, name, params))) as readonly Row[]
    },
    write: (names, params) =>
      call(async connection => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await transaction(connection, names, params)
          } catch (error) {
            if (sqlFaultOf(error) !== 'conflict' || attempt === ATTEMPTS) throw error
            await connection.command('rollback')
          }
        }
      }),
    close: () => pool.close(),
  }
}
