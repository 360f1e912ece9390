import type { Result, Row, SqlDriver } from './driver'
import { sqlFaultOf } from './faults'
import { Lender, type LenderOptions, type PooledConnection } from './lender'
import { passOn, type Sequence, valuesOfStep } from './sequence'
import type { Value } from './statement'

/** How often one transaction is tried when it meets others. */
const ATTEMPTS = 5

export interface PooledDriverOptions extends LenderOptions {
  /**
   * Reads run in a transaction, too: behind a pooler the server's time-outs last no longer than one.
   * It costs a read two more round trips. Default false.
   */
  readsInTransaction?: boolean
}

/** The store's calls on a database server: each borrows a connection of the pool. */
export function createPooledDriver(options: PooledDriverOptions): SqlDriver {
  const { readsInTransaction = false } = options
  const lender = new Lender(options)
  return {
    async read(statement, values) {
      const result = await lender.lend(async connection => {
        if (!readsInTransaction) return connection.run(statement, values)
        return inTransaction(connection, () => connection.run(statement, values))
      })
      return result as readonly Row[]
    },
    write: (sequence, values) =>
      lender.lend(connection => runUntilItFits(connection, sequence, values)),
    close: () => options.pool.close(),
  }
}

/** Of two transactions in conflict the server ends one, which is simply tried again. */
async function runUntilItFits(
  connection: PooledConnection,
  sequence: Sequence,
  values: readonly Value[],
): Promise<readonly Result[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(connection, sequence, [...values])
    } catch (error) {
      if (sqlFaultOf(error) !== 'conflict' || attempt === ATTEMPTS) throw error
      await connection.command('rollback')
    }
  }
}

function runOnce(
  connection: PooledConnection,
  { steps }: Sequence,
  values: Value[],
): Promise<readonly Result[]> {
  return inTransaction(connection, async () => {
    const results: Result[] = []
    for (const step of steps) {
      const result = await connection.run(step.statement, valuesOfStep(step, values))
      if (typeof result === 'object') passOn(step, result[0], values)
      results.push(result)
    }
    return results
  })
}

async function inTransaction<T>(connection: PooledConnection, work: () => Promise<T>): Promise<T> {
  await connection.command('begin')
  const result = await work()
  await connection.command('commit')
  return result
}
