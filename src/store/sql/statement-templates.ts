import { compileStatements } from './compile-statements'
import type { SqlDialect } from './tables'

/**
 * Statements of one dialect, whatever the tables are called. In the SQL `{users}` stands for that
 * table's name with prefix, schema and quotes, and `{sweepBatch}` for the number of rows. Then come
 * the names of the parameters and of the columns.
 */
export type Templates = Readonly<
  Record<string, readonly [sql: string, params: readonly string[], columns: readonly string[]]>
>

/** A number that no statement has but as the size of a sweep, so that it can be found again in the SQL. */
const SWEEP_BATCH = 1_000_003

/** Has Kysely write every statement of a dialect, once for all prefixes. */
export function templatesOf(dialect: SqlDialect): Templates {
  const statements = compileStatements({ dialect, tablePrefix: '{', sweepBatch: SWEEP_BATCH })
  const templates = Object.entries(statements).map(([name, { sql, params, columns }]) => [
    name,
    [
      sql.replace(/["`](\{\w+)["`]/g, '$1}').replaceAll(String(SWEEP_BATCH), '{sweepBatch}'),
      params,
      columns,
    ],
  ])
  return Object.fromEntries(templates)
}
