import type { Sequence } from './sequence'
import type { Value } from './statement'
import type { StatementName } from './statements'

/** A row as a database gives it, by the names of its columns. */
export type Row = Readonly<Record<string, Value>>

/** What one statement came to: the rows that it selected, or how many it changed. */
export type Result = number | readonly Row[]

export interface WriteOptions {
  /** False: may be lost in a power cut, though not in a crash of ours. Default true. */
  readonly durable?: boolean
  /**
   * True: what was deleted before and by this write is also gone from the database's files, as far
   * as a client can bring that about. A database server decides by itself when it cleans up; see
   * docs/users.md. Default false.
   */
  readonly shred?: boolean
}

/** The few things that the SQL store asks of a database. Values come in the order of the parameters. */
export interface SqlDriver {
  /** Runs one statement that selects. */
  read(statement: StatementName, values: readonly Value[]): Promise<readonly Row[]>
  /**
   * Runs a sequence, all or nothing, and resolves once every instance sees what it wrote, and once
   * that is durable unless this is waived.
   */
  write(
    sequence: Sequence,
    values: readonly Value[],
    options?: WriteOptions,
  ): Promise<readonly Result[]>
  /** Where the database lies in this process: see `NearDatabase`. */
  readonly near?: NearDatabase
  close(): Promise<void>
}

/** A database that is read in microseconds, and knows what others change in it. */
export interface NearDatabase extends SessionChanges {
  /** Runs one statement that selects, at once. */
  read(statement: StatementName, values: readonly Value[]): readonly Row[]
}

export interface SessionChanges {
  /**
   * Ids of users of whom anything changed since the last look: the user or a session. Undefined
   * where nobody knows, so that it may be all.
   */
  look(): readonly string[] | undefined
}
