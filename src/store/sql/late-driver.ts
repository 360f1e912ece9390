import { setTimeout as sleep } from 'node:timers/promises'
import { LoginError } from '../../errors'
import type { Patience } from '../../patience'
import { backOff } from '../back-off'
import type { OutageLog } from '../outage-log'
import type { Result, Row, SqlDriver, WriteOptions } from './driver'
import { sqlCodeOf, sqlFaultOf } from './faults'
import { fixOf } from './refusals'
import type { Sequence } from './sequence'
import type { Value } from './statement'
import type { StatementName } from './statements'

export interface LateDriverOptions {
  outages: OutageLog
  patience: Pick<Patience, 'startMs' | 'closeMs' | 'refusedPauseMs'>
}

/** Instances that migrate together may deadlock: the server refuses one side, which tries again. */
const ATTEMPTS_IN_CONFLICT = 5

/**
 * Opens a database server that may be down when the service starts. Until it is there, every call
 * is `store_unavailable`, and opening it, migration included, is tried again and again.
 *
 * Two cases are told apart. A server that cannot be reached will be there later, and a service that
 * ended instead would only have to be started again. A server that answers no (password, database,
 * rights, schema) has been set up wrong. At the start that is thrown, because somebody is looking.
 * Later it is told as an outage with its fix, because the process may serve other requests, or be
 * part of a host app.
 *
 * Without this, a service that starts before its database ends: docs/decisions/late-database.md.
 *
 * @throws whatever the database says when it refuses at the start
 */
export async function openLate(
  open: () => Promise<SqlDriver>,
  options: LateDriverOptions,
): Promise<SqlDriver> {
  const late = new LateDriver(open, options)
  return (await late.start()) ?? late
}

class LateDriver implements SqlDriver {
  readonly #open: () => Promise<SqlDriver>
  readonly #options: LateDriverOptions
  readonly #closing = new AbortController()
  #driver: SqlDriver | undefined
  #isStart = true
  /** The pause before the next attempt. Undefined: a pause that grows with each failure. */
  #pauseMs: number | undefined
  /** Settles once the database is open, or closed. */
  #opening: Promise<void> = Promise.resolve()

  constructor(open: () => Promise<SqlDriver>, options: LateDriverOptions) {
    this.#open = open
    this.#options = options
  }

  /** Resolves to the driver, or to undefined when it goes on trying without anybody waiting. */
  async start(): Promise<SqlDriver | undefined> {
    const first = this.#attempt()
    const started = new AbortController()
    const { signal } = started
    const waited = sleep(this.#options.patience.startMs, true, { signal }).catch(() => false)
    try {
      const isLate = (await Promise.race([first, waited])) === true
      if (isLate) this.#options.outages.lost('not_open_yet')
    } finally {
      started.abort()
    }
    this.#isStart = false
    if (!this.#driver) this.#opening = this.#keepTrying(first)
    return this.#driver
  }

  async read(statement: StatementName, values: readonly Value[]): Promise<readonly Row[]> {
    return this.#opened().read(statement, values)
  }

  async write(
    sequence: Sequence,
    values: readonly Value[],
    options?: WriteOptions,
  ): Promise<readonly Result[]> {
    return this.#opened().write(sequence, values, options)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    // An attempt may hang: nobody waits longer than `closeMs` for it. A driver that it opens later is
    // closed then.
    const closed = this.#opening.then(() => this.#driver?.close())
    await Promise.race([closed, sleep(this.#options.patience.closeMs, undefined, { ref: false })])
  }

  #opened(): SqlDriver {
    if (this.#driver) return this.#driver
    const reason = this.#options.outages.reason ?? 'not_open_yet'
    throw new LoginError('store_unavailable', { reason })
  }

  async #attempt(): Promise<void> {
    const { outages, patience } = this.#options
    try {
      this.#driver = await this.#openInConflict()
      outages.back()
    } catch (error) {
      const isRefusal = sqlFaultOf(error) === 'refusal'
      if (this.#isStart && isRefusal) throw error
      const code = sqlCodeOf(error)
      if (isRefusal) outages.refused(code, fixOf(code))
      else outages.lost(code)
      this.#pauseMs = isRefusal ? patience.refusedPauseMs : undefined
    }
  }

  /** Opens it. An attempt that lost a deadlock is made again at once: nothing is down. */
  async #openInConflict(): Promise<SqlDriver> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#open()
      } catch (error) {
        if (sqlFaultOf(error) !== 'conflict' || attempt === ATTEMPTS_IN_CONFLICT) throw error
      }
    }
  }

  async #keepTrying(first: Promise<void>): Promise<void> {
    const { signal } = this.#closing
    await first
    for (let failures = 1; !this.#driver && !signal.aborted; failures++) {
      const pauseMs = this.#pauseMs ?? backOff(failures)
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => {})
      if (!signal.aborted) await this.#attempt()
    }
  }
}
