import { LoginError } from '../../errors'
import type { NearDatabase, SessionChanges, SqlDriver, WriteOptions } from './driver'
import { sqlCodeOf } from './faults'
import { type FindSequence, sequencesOf, valuesOf } from './sequence'
import type { Outcome } from './statement'
import type { ParamsOf, RowOf, StatementName, Statements } from './statements'

/**
 * Parameters that a caller gives to a sequence. A column that one statement selects is a parameter
 * of those after it, by its name, and is not given.
 */
export type GivenParams<Names extends readonly StatementName[]> = Names extends readonly [
  infer First extends StatementName,
  ...infer Rest extends readonly StatementName[],
]
  ? ParamsOf<First> & Omit<GivenParams<Rest>, Selected<First>>
  : number extends Names['length']
    ? EachOf<ParamsOf<Names[number]>>
    : unknown

/** Names of what a statement selects; a statement that writes selects nothing. */
type Selected<Name extends StatementName> =
  Outcome<RowOf<Name>> extends number ? never : keyof RowOf<Name>

/** The parameters of all statements in a union: a list of unknown length may hold each of them. */
type EachOf<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never

/** What each statement of a sequence came to. */
export type Outcomes<Names extends readonly StatementName[]> = {
  readonly [Index in keyof Names]: Outcome<RowOf<Names[Index]>>
}

/** Runs statements by name. A parameter that is misspelt or missing does not compile. */
export interface StatementRunner {
  /**
   * Runs one statement that selects.
   *
   * @throws TypeError for a parameter that is undefined
   * @throws LoginError `store_unavailable` whatever the database says; the log learns its code
   */
  read<Name extends StatementName>(
    name: Name,
    params: ParamsOf<Name>,
  ): Promise<readonly RowOf<Name>[]>
  /** Where the database is near, as `read`, at once. */
  readonly near?: NearRunner
  /** Runs statements in order, all or nothing; throws as `read` does. */
  write<const Names extends readonly StatementName[]>(
    names: Names,
    params: GivenParams<Names>,
    options?: WriteOptions,
  ): Promise<Outcomes<Names>>
}

export interface NearRunner extends SessionChanges {
  read<Name extends StatementName>(name: Name, params: ParamsOf<Name>): readonly RowOf<Name>[]
}

/** The one place where rows and parameters get their types; drivers below it know none. */
export function createStatementRunner(driver: SqlDriver, statements: Statements): StatementRunner {
  const sequenceOf = sequencesOf(statements)
  const { near } = driver
  return {
    ...(near && { near: createNearRunner(near, sequenceOf) }),
    async read<Name extends StatementName>(name: Name, params: ParamsOf<Name>) {
      const values = valuesOf(sequenceOf(name), params as Record<string, unknown>)
      try {
        const rows: readonly unknown[] = await driver.read(name, values)
        return rows as readonly RowOf<Name>[]
      } catch (error) {
        throw toUnavailable(error)
      }
    },
    async write<const Names extends readonly StatementName[]>(
      names: Names,
      params: GivenParams<Names>,
      options?: WriteOptions,
    ) {
      const sequence = sequenceOf(names.join(' '))
      const values = valuesOf(sequence, params as Record<string, unknown>)
      try {
        const results: unknown = await driver.write(sequence, values, options)
        return results as Outcomes<Names>
      } catch (error) {
        throw toUnavailable(error)
      }
    },
  }
}

function createNearRunner(near: NearDatabase, sequenceOf: FindSequence): NearRunner {
  return {
    read<Name extends StatementName>(name: Name, params: ParamsOf<Name>) {
      const values = valuesOf(sequenceOf(name), params as Record<string, unknown>)
      try {
        const rows: readonly unknown[] = near.read(name, values)
        return rows as readonly RowOf<Name>[]
      } catch (error) {
        throw toUnavailable(error)
      }
    },
    look() {
      try {
        return near.look()
      } catch (error) {
        throw toUnavailable(error)
      }
    },
  }
}

function toUnavailable(error: unknown): LoginError {
  if (error instanceof LoginError) return error
  const { errcode } = error as { errcode?: number }
  const reason = errcode === undefined ? sqlCodeOf(error) : `sqlite_${errcode}`
  return new LoginError('store_unavailable', { reason })
}
