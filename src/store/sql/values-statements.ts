import { type InsertQueryBuilder, type InsertResult, type RawBuilder, sql } from 'kysely'
import { given, type Writing } from './statement'
import type { SqlDialect, Tables } from './tables'

export interface WrittenValue {
  readonly name: string
  readonly value: string
  readonly expiresAt: number
}

export function valuesStatements({ db, dialect }: Writing) {
  const values = db.insertInto('shared_values')
  const present = (column: 'value' | 'expires_at') => sql.ref(`shared_values.${column}`)
  return {
    readValue: given<{ name: string; now: number }>()(p =>
      db
        .selectFrom('shared_values')
        .select('value')
        .where('key', '=', p('name'))
        .where('expires_at', '>', p('now')),
    ),

    writeValue: given<WrittenValue>()(p =>
      orChange(
        values.values({ key: p('name'), value: p('value'), expires_at: p('expiresAt') }),
        { value: p('value'), expires_at: p('expiresAt') },
        dialect,
      ),
    ),

    claimValue: given<WrittenValue & { now: number }>()(p => {
      const isOver = sql`${present('expires_at')} <= ${p('now')}`
      return orChange(
        values.values({ key: p('name'), value: p('value'), expires_at: p('expiresAt') }),
        // In this order: MySQL assigns from left to right, and both are decided by the old end.
        {
          value: sql<string>`case when ${isOver} then ${p('value')} else ${present('value')} end`,
          expires_at: sql<number>`case when ${isOver} then ${p('expiresAt')} else ${present('expires_at')} end`,
        },
        dialect,
      )
    }),

    dropValue: given<{ name: string; value: string }>()(p =>
      db.deleteFrom('shared_values').where('key', '=', p('name')).where('value', '=', p('value')),
    ),
  }
}

/** Inserts, or makes these changes to the row that is there. */
function orChange(
  insert: InsertQueryBuilder<Tables, 'shared_values', InsertResult>,
  changes: { readonly value: RawBuilder<string>; readonly expires_at: RawBuilder<number> },
  dialect: SqlDialect,
) {
  if (dialect === 'mysql') return insert.onDuplicateKeyUpdate(changes)
  return insert.onConflict(conflict => conflict.column('key').doUpdateSet(changes))
}
