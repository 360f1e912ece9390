import { type InsertQueryBuilder, type Kysely, type RawBuilder, sql } from 'kysely'
import type { SqlDialect, Tables } from './schema'
import { parameter as p } from './statement-parameter'

/** Small values that all instances share. */
export function sharedStatements(db: Kysely<Tables>, dialect: SqlDialect) {
  const insert = db
    .insertInto('shared_values')
    .values({ key: p('key'), value: p('value'), expires_at: p('expiresAt') })
  const incoming = (column: 'value' | 'expires_at', name: string) =>
    sql<
      string & number
    >`case when shared_values.expires_at <= ${p('now')} then ${p(name)} else shared_values.${sql.ref(column)} end`

  return {
    readShared: db
      .selectFrom('shared_values')
      .select('value')
      .where('key', '=', p('key'))
      .where('expires_at', '>', p('now')),

    writeShared: orChange(insert, dialect, {
      value: sql`${p('value')}`,
      expires_at: sql`${p('expiresAt')}`,
    }),

    // In this order: MySQL assigns from left to right, and both are decided by the old end.
    claimShared: orChange(insert, dialect, {
      value: incoming('value', 'value'),
      expires_at: incoming('expires_at', 'expiresAt'),
    }),

    dropShared: db
      .deleteFrom('shared_values')
      .where('key', '=', p('key'))
      .where('value', '=', p('value')),
  }
}

function orChange(
  insert: InsertQueryBuilder<Tables, 'shared_values', unknown>,
  dialect: SqlDialect,
  changes: Record<'value' | 'expires_at', RawBuilder<string & number>>,
) {
  if (dialect === 'mysql') return insert.onDuplicateKeyUpdate(changes)
  return insert.onConflict(conflict => conflict.column('key').doUpdateSet(changes))
}
