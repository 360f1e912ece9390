import { type Compilable, type Kysely, sql } from 'kysely'
import type { SqlDialect, Tables } from './schema'
import { parameter as p } from './statement-parameter'

/** Each removes one batch of what has expired. */
export function sweepStatements(db: Kysely<Tables>, dialect: SqlDialect, sweepBatch: number) {
  const batch = sql.lit(sweepBatch)
  const sweep = (table: keyof Tables, key: readonly string[], end: string): Compilable => {
    const due = sql`from ${sql.table(table)} where ${sql.ref(end)} <= ${p('now')}`
    const keys = sql.join(key.map(column => sql.ref(column)))
    const query =
      dialect === 'mysql'
        ? // MySQL would ask a subquery of each row of the table.
          sql`delete ${due} order by ${sql.ref(end)} limit ${batch}`
        : sql`delete from ${sql.table(table)} where (${keys}) in (select ${keys} ${due} limit ${batch})`
    return { compile: () => query.compile(db) }
  }

  return {
    sweepSessions: sweep('sessions', ['user_id', 'id'], 'expires_at'),
    sweepCodes: sweep('login_codes', ['hash'], 'expires_at'),
    sweepCallCounts: sweep('call_counts', ['key'], 'ends_at'),
    sweepShared: sweep('shared_values', ['key'], 'expires_at'),
  }
}
