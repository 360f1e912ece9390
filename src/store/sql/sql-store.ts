import type { Store } from '../contract/store'
import type { UserStore } from '../contract/user-store'
import { createSqlCodes } from './codes'
import { createSqlCounters } from './counters'
import type { SqlDriver } from './driver'
import { createSqlProofs } from './proofs'
import { createSqlSessions } from './sessions'
import { createStatementRunner, type StatementRunner } from './statement-runner'
import type { Statements } from './statements'
import { createLoginTrial, createUserTrial } from './trials'
import { createSaveUser, createSqlUsers } from './users'
import { createSqlValues } from './values'

export interface SqlStoreOptions {
  driver: SqlDriver
  statements: Statements
  /** Rows of each kind that one sweep removes at the most, as in `statements`. */
  sweepBatch: number
}

/** The store contract on any SQL database: a transaction is a list of statements, decided beforehand. */
export function createSqlStore(options: SqlStoreOptions): Store & UserStore {
  const { driver, statements, sweepBatch } = options
  const runner = createStatementRunner(driver, statements)
  const ping = createPing(runner)
  return {
    codes: createSqlCodes(runner),
    sessions: createSqlSessions(runner),
    users: createSqlUsers(runner),
    counters: createSqlCounters(runner),
    values: createSqlValues(runner),
    proofs: createSqlProofs(runner),
    saveUser: createSaveUser(runner),
    async sweep(now) {
      const removed = await runner.write(
        ['sweepSessions', 'sweepCodes', 'sweepCallCounts', 'sweepValues'],
        { now },
      )
      return removed.some(rows => rows >= sweepBatch)
    },
    ping,
    trials: [createLoginTrial(runner)],
    userTrial: createUserTrial(runner, ping),
    close: () => driver.close(),
  }
}

/** A write that changes something: a database that is full or can only be read refuses it. */
function createPing({ write }: StatementRunner): () => Promise<void> {
  let pinging: Promise<unknown> | undefined
  return async () => {
    // One at a time: anybody may ask, and a ping writes.
    pinging ??= write(
      ['countCall'],
      { name: 'ping', now: -1, endsAt: 0 },
      { durable: false },
    ).finally(() => {
      pinging = undefined
    })
    await pinging
  }
}
