import { Kysely, MysqlDialect } from 'kysely'
import type mysql from 'mysql2'
import { migrate } from './migrate'
import type { SchemaTarget } from './schema-target'

/** MySQL's tables for work beside the service's. Changes no schema. */
export function mysqlTables(pool: mysql.Pool): Kysely<unknown> {
  return new Kysely<unknown>({ dialect: new MysqlDialect({ pool }) })
}

/** The pool stays open. */
export function migrateMysql(pool: mysql.Pool, target: SchemaTarget): Promise<void> {
  return migrate(mysqlTables(pool), target)
}
