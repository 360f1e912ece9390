import type { Result, Row } from '../sql/driver'
import { type FindSequence, passOn, type Step, sequencesOf, valuesOfStep } from '../sql/sequence'
import type { Value } from '../sql/statement'
import type { StatementName, Statements } from '../sql/statements'
import type { SqliteDatabase, SqliteStatement } from './binding'
import type { WriteMessage } from './writer-messages'

interface PreparedStep {
  readonly step: Step
  readonly statement: SqliteStatement
}

/** Runs the statements of a write. SQLite reads and plans each statement once. */
export class PreparedSequences {
  readonly #database: SqliteDatabase
  readonly #statements: Statements
  readonly #sequenceOf: FindSequence
  readonly #prepared = new Map<StatementName, SqliteStatement>()
  readonly #sequences = new Map<string, readonly PreparedStep[]>()

  constructor(database: SqliteDatabase, statements: Statements) {
    this.#database = database
    this.#statements = statements
    this.#sequenceOf = sequencesOf(statements)
  }

  /** Returns what each statement came to; the transaction is the caller's. */
  run([key, ...values]: WriteMessage): Result[] {
    let steps = this.#sequences.get(key)
    if (!steps) {
      steps = this.#sequenceOf(key).steps.map(step => ({
        step,
        statement: this.#prepare(step.statement),
      }))
      this.#sequences.set(key, steps)
    }
    return steps.map(each => runStep(each, values))
  }

  #prepare(name: StatementName): SqliteStatement {
    const statement = this.#prepared.get(name) ?? this.#database.prepare(this.#statements[name].sql)
    this.#prepared.set(name, statement)
    return statement
  }
}

function runStep({ step, statement }: PreparedStep, values: Value[]): Result {
  const given = valuesOfStep(step, values)
  if (!step.isSelect) return Number(statement.run(...given).changes)
  // Plain objects: what SQLite gives has no prototype and does not travel.
  const rows = statement.all(...given).map(row => ({ ...(row as Row) }))
  passOn(step, rows[0], values)
  return rows
}
