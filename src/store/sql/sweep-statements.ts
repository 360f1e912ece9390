import { type Compilable, type DeleteResult, sql } from 'kysely'
import { given, type Writing } from './statement'
import type { TableName } from './tables'

/** Each removes one batch of what has expired. */
export function sweepStatements({ db, dialect }: Writing, sweepBatch: number) {
  const batch = sql.lit(sweepBatch)
  const sweep = (table: TableName, key: readonly string[], end: string) =>
    given<{ now: number }>()((p): Compilable<DeleteResult> => {
      const due = sql`from ${sql.table(table)} where ${sql.ref(end)} <= ${p('now')}`
      const keys = sql.join(key.map(column => sql.ref(column)))
      const query =
        dialect === 'mysql'
          ? // MySQL would ask a subquery of each row of the table.
            sql<DeleteResult>`delete ${due} order by ${sql.ref(end)} limit ${batch}`
          : sql<DeleteResult>`delete from ${sql.table(table)} where (${keys}) in (select ${keys} ${due} limit ${batch})`
      return { compile: () => query.compile(db) }
    })

  return {
    sweepSessions: sweep('sessions', ['user_id', 'id'], 'expires_at'),
    sweepCodes: sweep('login_codes', ['hash'], 'expires_at'),
    sweepCallCounts: sweep('call_counts', ['key'], 'ends_at'),
    sweepValues: sweep('shared_values', ['key'], 'expires_at'),
  }
}
