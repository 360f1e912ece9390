import { LoginError } from '../../errors'
import type { Patience } from '../../patience'
import { withDeadline } from '../deadline'
import type { OutageLog } from '../outage-log'
import type { Result } from './driver'
import { sqlCodeOf, sqlFaultOf } from './faults'
import { fixOf, fixOfOutage } from './refusals'
import type { Value } from './statement'
import type { StatementName } from './statements'

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

export interface LenderOptions {
  pool: ConnectionPool
  outages: OutageLog
  patience: Pick<Patience, 'storeMs' | 'calmMs'>
}

interface Loan {
  connection?: PooledConnection | undefined
  /** The caller has its answer, or was told that there is none. */
  isOver: boolean
}

/**
 * Lends connections of a pool. A call has one deadline for all that it does: waiting for a
 * connection, every statement, every repetition. A connection that failed is cut and not used again,
 * so that after a failover the next one leads to the new primary.
 */
export class Lender {
  readonly #options: LenderOptions
  #failedAt = Number.NEGATIVE_INFINITY

  constructor(options: LenderOptions) {
    this.#options = options
  }

  async lend<T>(work: (connection: PooledConnection) => Promise<T>): Promise<T> {
    const loan: Loan = { isOver: false }
    try {
      const result = await withDeadline(this.#use(loan, work), this.#options.patience.storeMs)
      this.#noteSuccess()
      return result
    } catch (error) {
      loan.isOver = true
      loan.connection?.destroy()
      this.#noteFailure(error)
      throw error
    }
  }

  async #use<T>(loan: Loan, work: (connection: PooledConnection) => Promise<T>): Promise<T> {
    const connection = await this.#options.pool.connect()
    if (loan.isOver) {
      // The connection came after the caller's deadline. Nothing has used it: the next caller may.
      connection.release()
      throw new LoginError('store_unavailable', { reason: 'deadline' })
    }
    loan.connection = connection
    const result = await work(connection)
    if (!loan.isOver) connection.release()
    loan.connection = undefined
    return result
  }

  /**
   * Ends an outage once `calmMs` have passed without a failure. One success proves nothing: under
   * load some calls succeed during an outage.
   */
  #noteSuccess(): void {
    const { outages, patience } = this.#options
    const isCalm = performance.now() - this.#failedAt > patience.calmMs
    if (outages.reason !== undefined && isCalm) outages.back()
  }

  #noteFailure(error: unknown): void {
    const { outages } = this.#options
    const fault = sqlFaultOf(error)
    if (fault === 'conflict') return
    this.#failedAt = performance.now()
    const code = sqlCodeOf(error)
    if (fault === 'outage') outages.lost(code, fixOfOutage(code))
    else outages.refused(code, fixOf(code))
  }
}
