import { type InsertQueryBuilder, type InsertResult, sql } from 'kysely'
import { given, type Parameter, type Writing } from './statement'
import type { SqlDialect, Tables } from './tables'

export interface Call {
  readonly name: string
  readonly now: number
  /** When the window ends that this call begins, if it begins one. */
  readonly endsAt: number
}

export function countersStatements({ db, dialect }: Writing) {
  return {
    countCall: given<Call>()(p =>
      orCount(
        db
          .insertInto('call_counts')
          .values({ key: p('name'), count: sql.lit(1), ends_at: p('endsAt') }),
        p,
        dialect,
      ),
    ),

    findCallCount: given<Pick<Call, 'name'>>()(p =>
      db.selectFrom('call_counts').select(['count', 'ends_at']).where('key', '=', p('name')),
    ),
  }
}

/** Begins a window with one call, or counts one more in the window that still runs. */
function orCount(
  insert: InsertQueryBuilder<Tables, 'call_counts', InsertResult>,
  p: Parameter<Call>,
  dialect: SqlDialect,
) {
  const [count, endsAt] = [sql.ref('call_counts.count'), sql.ref('call_counts.ends_at')]
  // In this order: MySQL assigns from left to right, and the count is decided by the old end.
  const changes = {
    count: sql<number>`case when ${endsAt} <= ${p('now')} then 1 else ${count} + 1 end`,
    ends_at: sql<number>`case when ${endsAt} <= ${p('now')} then ${p('endsAt')} else ${endsAt} end`,
  }
  if (dialect === 'mysql') return insert.onDuplicateKeyUpdate(changes)
  return insert.onConflict(conflict => conflict.column('key').doUpdateSet(changes))
}
