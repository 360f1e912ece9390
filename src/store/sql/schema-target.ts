import type { SqlDialect } from './tables'

/** The database that is migrated, and how our tables are called there. */
export interface SchemaTarget {
  readonly dialect: SqlDialect
  readonly tablePrefix: string
  /** PostgreSQL's schema that our tables are in. The other databases have none. */
  readonly schema?: string | undefined
}
