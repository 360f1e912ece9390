import type { AllWritten, Statement, StatementOptions } from './compile-statements'
import type { Written } from './statement'
import type { Templates } from './statement-templates'
import type { SqlDialect } from './tables'

export type { Statement, StatementOptions }

export type StatementName = keyof AllWritten
export type Statements = Readonly<Record<StatementName, Statement>>
export type ParamsOf<Name extends StatementName> =
  AllWritten[Name] extends Written<infer Params, infer _Row> ? Params : never
export type RowOf<Name extends StatementName> =
  AllWritten[Name] extends Written<infer _Params, infer Row> ? Row : never

// Each by its own name: a bundler takes along what it can read.
const WRITTEN: Readonly<Record<SqlDialect, () => Templates>> = {
  sqlite: () => (require('./written/sqlite') as typeof import('./written/sqlite')).SQLITE,
  postgres: () => (require('./written/postgres') as typeof import('./written/postgres')).POSTGRES,
  mysql: () => (require('./written/mysql') as typeof import('./written/mysql')).MYSQL,
}

/**
 * Every statement of the service, for this database. Kysely has written them when the service was
 * built (`npm run statements`), and its 262 files are not loaded where they run: they were a fifth
 * of the CPU of a start and 9 MB of memory (`npm run bench:start`).
 */
export function statementsFor(options: StatementOptions): Statements {
  const { dialect, tablePrefix, schema, sweepBatch } = options
  const quoted = quoteOf(dialect)
  const inSchema = schema === undefined ? '' : `${quoted(schema)}.`
  const fill = (_: string, name: string) =>
    name === 'sweepBatch' ? String(sweepBatch) : inSchema + quoted(tablePrefix + name)
  const filled = Object.entries(WRITTEN[dialect]()).map(([name, [sql, params, columns]]) => [
    name,
    { sql: sql.replace(/\{(\w+)\}/g, fill), params, columns },
  ])
  return Object.fromEntries(filled) as Statements
}

/** A name as the dialect quotes it. */
export function quoteOf(dialect: SqlDialect): (name: string) => string {
  const mark = dialect === 'mysql' ? '`' : '"'
  return name => mark + name.replaceAll(mark, mark + mark) + mark
}
