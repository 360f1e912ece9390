import {
  AliasNode,
  ColumnNode,
  type CompiledQuery,
  DummyDriver,
  IdentifierNode,
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  type OperationNode,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  ReferenceNode,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { codesStatements } from './codes-statements'
import { countersStatements } from './counters-statements'
import { prefixTables } from './prefix-tables'
import { proofsStatements } from './proofs-statements'
import { sessionsStatements } from './sessions-statements'
import type { Writing } from './statement'
import { sweepStatements } from './sweep-statements'
import type { SqlDialect, Tables } from './tables'
import { usersStatements } from './users-statements'
import { valuesStatements } from './values-statements'

/** A statement as a database runs it. */
export interface Statement {
  readonly sql: string
  /** Names of its parameters, in order. */
  readonly params: readonly string[]
  /** Names of the columns that it selects; none of one that writes. */
  readonly columns: readonly string[]
}

export interface StatementOptions {
  readonly dialect: SqlDialect
  readonly tablePrefix: string
  /** PostgreSQL's schema that the tables are in. Default: the user's search path finds it. */
  readonly schema?: string | undefined
  /** Rows of each kind that one sweep removes at the most. */
  readonly sweepBatch: number
}

function writeStatements(writing: Writing, sweepBatch: number) {
  return {
    ...codesStatements(writing),
    ...sessionsStatements(writing),
    ...usersStatements(writing),
    ...countersStatements(writing),
    ...valuesStatements(writing),
    ...proofsStatements(writing),
    ...sweepStatements(writing, sweepBatch),
  }
}

/** Every statement as it is written, with the types of its parameters and rows. */
export type AllWritten = ReturnType<typeof writeStatements>

/**
 * Every statement of the service, as Kysely writes it in the database's own dialect. Runs where the
 * service is built, not where it runs: see `statements.ts`.
 */
export function compileStatements(options: StatementOptions): Readonly<Record<string, Statement>> {
  const { dialect, tablePrefix, schema, sweepBatch } = options
  const db = new Kysely<Tables>({
    dialect: { ...PARTS[dialect], createDriver: () => new DummyDriver() },
    plugins: [prefixTables(tablePrefix, schema)],
  })
  const written = Object.entries(writeStatements({ db, dialect }, sweepBatch))
  return Object.fromEntries(
    written.map(([name, { query }]) => [name, toStatement(query.compile())]),
  )
}

function toStatement({ sql, parameters, query }: CompiledQuery<unknown>): Statement {
  return {
    sql,
    params: parameters.map(parameter => (parameter as { name: string }).name),
    columns: columnsOf(query),
  }
}

function columnsOf(query: OperationNode): readonly string[] {
  if (!SelectQueryNode.is(query)) return []
  return (query.selections ?? []).map(({ selection }) => nameOf(selection))
}

/** The name under which a row has what is selected: an alias, or the column's own. */
function nameOf(selected: OperationNode): string {
  if (AliasNode.is(selected)) return nameOf(selected.alias)
  if (ReferenceNode.is(selected)) return nameOf(selected.column)
  if (ColumnNode.is(selected)) return selected.column.name
  if (IdentifierNode.is(selected)) return selected.name
  throw new Error(`a statement selects a ${selected.kind} without a name`)
}

/** Kysely's knowledge of each dialect, without a connection. */
const PARTS = {
  sqlite: {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db: Kysely<unknown>) => new SqliteIntrospector(db),
  },
  postgres: {
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
  },
  mysql: {
    createAdapter: () => new MysqlAdapter(),
    createQueryCompiler: () => new MysqlQueryCompiler(),
    createIntrospector: (db: Kysely<unknown>) => new MysqlIntrospector(db),
  },
} as const
