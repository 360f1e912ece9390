import { type Kysely, type Migration, sql } from 'kysely'
import { createChangesTable } from './changes-table'
import { SchemaChange } from './schema-change'
import type { SchemaTarget } from './schema-target'
import { type StepName, TAKE_OVER } from './steps'
import { takeOver } from './take-over'

/**
 * The steps from nothing to the present schema, in order by name. A step that was released is never
 * edited again, but for how tables are called. Each can be run again after an interruption, and on
 * the tables of an earlier version.
 */
export function migrationsFor(target: SchemaTarget): Record<string, Migration> {
  const step = (up: (change: SchemaChange) => Promise<unknown>): Migration => ({
    async up(db: Kysely<unknown>) {
      await up(new SchemaChange(db, target))
    },
  })
  const index = (name: string, ...on: [table: Parameters<SchemaChange['table']>[0], end: string]) =>
    step(change => change.addIndex(name, ...on))
  const steps: Record<StepName, Migration> = {
    '0001_users': step(createUsers),
    '0002_sessions': step(createSessions),
    '0003_login_codes': step(createLoginCodes),
    '0004_sessions_expiry': index('sessions_expiry', 'sessions', 'expires_at'),
    '0005_login_codes_expiry': index('login_codes_expiry', 'login_codes', 'expires_at'),
    '0006_call_counts': step(createCallCounts),
    '0007_call_counts_end': index('call_counts_end', 'call_counts', 'ends_at'),
    '0008_login_codes_by_arrival': step(keepCodesInOrder),
    '0009_user_lookups': step(async change => {
      await change.addIndex('users_unionid', 'users', 'unionid', { onlyPresent: true })
      await change.addIndex('users_phone', 'users', 'phone_number', { onlyPresent: true })
    }),
    '0010_shared_values': step(createSharedValues),
    '0011_shared_values_expiry': index('shared_values_expiry', 'shared_values', 'expires_at'),
    '0012_users_key_checked_at': step(change =>
      change.addColumn('users', 'key_checked_at', 'bigint'),
    ),
    '0013_users_key_valid': step(change => change.addColumn('users', 'key_valid', 'integer')),
    // Says that these tables belong to a version that knows prefixes, and to this prefix: another
    // service in the same database leaves them alone. See `take-over.ts`.
    '0014_table_prefix': step(async () => {}),
    '0015_data_keys': step(createDataKeys),
    '0015_login_codes_session_ref': step(change =>
      change.addColumn('login_codes', 'session_ref', 'varchar(255)'),
    ),
    '0015_users_proof': step(change => change.addColumn('users', 'proof', 'varchar(32)')),
    '0015_users_unionid_proof': step(change =>
      change.addColumn('users', 'unionid_proof', 'varchar(32)'),
    ),
    '0016_disabled_users': step(async change => {
      await change.addColumn('users', 'disabled_at', 'bigint')
      await change.addColumn('users', 'disabled_reason', 'varchar(256)')
    }),
    '0017_sessions_last_used_at': step(change =>
      change.addColumn('sessions', 'last_used_at', 'bigint'),
    ),
    '0018_session_changes': step(createChangesTable),
  }
  // With no prefix the tables are called as they always were.
  return target.tablePrefix === '' ? steps : { [TAKE_OVER]: step(takeOver), ...steps }
}

function createUsers(change: SchemaChange): Promise<void> {
  return change
    .table('users')
    .addColumn('id', 'varchar(32)', column => column.primaryKey())
    .addColumn('appid', 'varchar(64)', column => column.notNull())
    .addColumn('openid', 'varchar(512)', column => column.notNull())
    .addColumn('unionid', 'varchar(512)')
    .addColumn('nickname', 'varchar(256)')
    .addColumn('avatar_url', 'varchar(1024)')
    .addColumn('phone_number', 'varchar(32)')
    .addColumn('key_hash', 'varchar(32)', column => column.notNull())
    .addColumn('key_at', 'bigint', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('last_login_at', 'bigint', column => column.notNull())
    .addUniqueConstraint(change.nameOf('users_identity'), ['appid', 'openid'])
    .execute()
}

function createSessions(change: SchemaChange): Promise<void> {
  return (
    change
      .table('sessions')
      .addColumn('id', 'varchar(48)', column => column.notNull())
      .addColumn('user_id', 'varchar(32)', column => column.notNull())
      .addColumn('sealed', 'text', column => column.notNull())
      .addColumn('key_hash', 'varchar(32)', column => column.notNull())
      .addColumn('created_at', 'bigint', column => column.notNull())
      .addColumn('expires_at', 'bigint', column => column.notNull())
      // By user first: a user's few sessions lie together, and need no tree of their own.
      .addPrimaryKeyConstraint(change.nameOf('sessions_id'), ['user_id', 'id'])
      .addForeignKeyConstraint(change.nameOf('sessions_user'), ['user_id'], 'users', ['id'], key =>
        key.onDelete('cascade'),
      )
      .execute()
  )
}

function createLoginCodes(change: SchemaChange): Promise<void> {
  return change
    .table('login_codes')
    .addColumn('hash', 'varchar(32)', column => column.primaryKey())
    .addColumn('status', 'varchar(8)', column => column.notNull())
    .addColumn('owner', 'varchar(32)', column => column.notNull())
    .addColumn('idempotency_hash', 'varchar(32)')
    .addColumn('claimed_at', 'bigint', column => column.notNull())
    .addColumn('settled_at', 'bigint')
    .addColumn('session_id', 'varchar(48)')
    .addColumn('user_id', 'varchar(32)')
    .addColumn('is_new_user', 'integer', column => column.notNull().defaultTo(0))
    .addColumn('error', 'varchar(32)')
    .addColumn('wx_errcode', 'integer')
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .execute()
}

function createCallCounts(change: SchemaChange): Promise<void> {
  return change
    .table('call_counts')
    .addColumn('key', 'varchar(128)', column => column.primaryKey())
    .addColumn('count', 'integer', column => column.notNull())
    .addColumn('ends_at', 'bigint', column => column.notNull())
    .execute()
}

function createSharedValues(change: SchemaChange): Promise<void> {
  return change
    .table('shared_values')
    .addColumn('key', 'varchar(128)', column => column.primaryKey())
    .addColumn('value', 'text', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .execute()
}

function createDataKeys(change: SchemaChange): Promise<void> {
  return change
    .table('data_keys')
    .addColumn('name', 'varchar(32)', column => column.primaryKey())
    .addColumn('sealed', 'text', column => column.notNull())
    .execute()
}

/**
 * A code's digest is random. In SQLite a table ordered by it rewrites a page for each code at its
 * claim and another when it is settled; rows in order of arrival share both.
 */
async function keepCodesInOrder(change: SchemaChange): Promise<void> {
  const { db, dialect } = change
  if (dialect !== 'sqlite') return
  const name = change.nameOf('login_codes')
  const [codes, ordered] = [sql.table(name), sql.table(`${name}_by_hash`)]
  const found = sql<{ sql: string }>`select sql from sqlite_schema where name = ${name}`
  const definition = String((await found.execute(db)).rows[0]?.sql)
  if (!/ without rowid$/i.test(definition)) return
  await sql`alter table ${codes} rename to ${ordered}`.execute(db)
  await sql.raw(definition.replace(/ without rowid$/i, '')).execute(db)
  await sql`insert into ${codes} select * from ${ordered} order by expires_at`.execute(db)
  await sql`drop table ${ordered}`.execute(db)
  await change.addIndex('login_codes_expiry', 'login_codes', 'expires_at')
}
