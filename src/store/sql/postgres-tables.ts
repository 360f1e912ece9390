import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { migrate } from './migrate'
import { MigrationDialect } from './migration-dialect'
import type { SchemaTarget } from './schema-target'

/** PostgreSQL's tables for work beside the service's. Changes no schema. */
export function postgresTables(pool: pg.Pool): Kysely<unknown> {
  return new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
}

/** The pool stays open. */
export function migratePostgres(pool: pg.Pool, target: SchemaTarget): Promise<void> {
  return migrate(new Kysely<unknown>({ dialect: new MigrationDialect({ pool }) }), target)
}
