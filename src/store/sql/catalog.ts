import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { SchemaTarget } from './schema-target'
import type { SqlDialect } from './tables'

/** What a database says about the tables in one schema: the one where new tables would be made. */
export interface Catalog {
  tables(): Promise<ReadonlySet<string>>
  columns(table: string): Promise<ReadonlySet<string>>
  indexes(table: string): Promise<readonly string[]>
}

interface Queries {
  tables(schema: string): RawBuilder<unknown>
  columns(schema: string, table: string): RawBuilder<unknown>
  indexes(schema: string, table: string): RawBuilder<unknown>
}

/** Each query gives names: of all tables, or of the columns or indexes of one table. */
const QUERIES: Readonly<Record<SqlDialect, Queries>> = {
  sqlite: {
    tables: () => sql`select name from sqlite_schema where type = 'table'`,
    columns: (_, table) => sql`select name from pragma_table_info(${table})`,
    indexes: (_, table) =>
      sql`select name from sqlite_schema where type = 'index' and tbl_name = ${table}`,
  },
  postgres: {
    tables: schema => sql`select tablename as name from pg_tables where schemaname = ${schema}`,
    columns: (schema, table) => sql`
      select column_name as name from information_schema.columns
      where table_schema = ${schema} and table_name = ${table}`,
    indexes: (schema, table) => sql`
      select indexname as name from pg_indexes
      where schemaname = ${schema} and tablename = ${table}`,
  },
  mysql: {
    tables: () => sql`
      select table_name as name from information_schema.tables where table_schema = database()`,
    columns: (_, table) => sql`
      select column_name as name from information_schema.columns
      where table_schema = database() and table_name = ${table}`,
    indexes: (_, table) => sql`
      select distinct index_name as name from information_schema.statistics
      where table_schema = database() and table_name = ${table}`,
  },
}

export function catalogOf(
  db: Kysely<unknown>,
  { dialect, schema = '' }: Pick<SchemaTarget, 'dialect' | 'schema'>,
): Catalog {
  const queries = QUERIES[dialect]
  async function namesOf(query: RawBuilder<unknown>): Promise<string[]> {
    const { rows } = await query.execute(db)
    return rows.map(row => (row as { name: string }).name)
  }
  return {
    tables: async () => new Set(await namesOf(queries.tables(schema))),
    columns: async table => new Set(await namesOf(queries.columns(schema, table))),
    indexes: table => namesOf(queries.indexes(schema, table)),
  }
}
