import { type Kysely, type Migration, Migrator, sql } from 'kysely'

/** Tables as SQL sees them; times in milliseconds since 1970. */
export interface Tables {
  users: {
    id: string
    appid: string
    openid: string
    unionid: string | null
    nickname: string | null
    avatar_url: string | null
    phone_number: string | null
    key_hash: string
    key_at: number
    key_checked_at: number | null
    key_valid: number | null
    created_at: number
    last_login_at: number
  }
  sessions: {
    id: string
    user_id: string
    sealed: string
    key_hash: string
    created_at: number
    expires_at: number
  }
  login_codes: {
    hash: string
    status: 'claimed' | 'done' | 'failed'
    owner: string
    idempotency_hash: string | null
    claimed_at: number
    settled_at: number | null
    session_id: string | null
    user_id: string | null
    is_new_user: number
    error: string | null
    wx_errcode: number | null
    expires_at: number
  }
  call_counts: {
    key: string
    count: number
    ends_at: number
  }
  shared_values: {
    key: string
    value: string
    expires_at: number
  }
}

/** The databases whose SQL differs. */
export type SqlDialect = 'sqlite' | 'postgres' | 'mysql'

/**
 * In order, by name; one that was released is never edited again. Each step can be run again after
 * an interruption: MySQL commits every change of a table at once and cannot roll it back.
 */
function migrations(dialect: SqlDialect): Record<string, Migration> {
  return {
    '0001_users': {
      up: db =>
        table(db, 'users', dialect)
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
          .addUniqueConstraint('users_identity', ['appid', 'openid'])
          .execute(),
    },
    '0002_sessions': {
      up: db =>
        table(db, 'sessions', dialect)
          .addColumn('id', 'varchar(48)', column => column.notNull())
          .addColumn('user_id', 'varchar(32)', column => column.notNull())
          .addColumn('sealed', 'text', column => column.notNull())
          .addColumn('key_hash', 'varchar(32)', column => column.notNull())
          .addColumn('created_at', 'bigint', column => column.notNull())
          .addColumn('expires_at', 'bigint', column => column.notNull())
          // By user first: a user's few sessions lie together, and need no tree of their own.
          .addPrimaryKeyConstraint('sessions_id', ['user_id', 'id'])
          .addForeignKeyConstraint('sessions_user', ['user_id'], 'users', ['id'], key =>
            key.onDelete('cascade'),
          )
          .execute(),
    },
    '0003_login_codes': {
      up: db =>
        table(db, 'login_codes', dialect)
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
          .execute(),
    },
    '0004_sessions_expiry': index('sessions_expiry', 'sessions', ['expires_at']),
    '0005_login_codes_expiry': index('login_codes_expiry', 'login_codes', ['expires_at']),
    '0006_call_counts': {
      up: db =>
        table(db, 'call_counts', dialect)
          .addColumn('key', 'varchar(128)', column => column.primaryKey())
          .addColumn('count', 'integer', column => column.notNull())
          .addColumn('ends_at', 'bigint', column => column.notNull())
          .execute(),
    },
    '0007_call_counts_end': index('call_counts_end', 'call_counts', ['ends_at']),
    '0008_login_codes_by_arrival': { up: db => keepCodesInOrder(db, dialect) },
    '0009_user_lookups': {
      async up(db) {
        await index('users_unionid', 'users', ['unionid'], 'unionid').up(db)
        await index('users_phone', 'users', ['phone_number'], 'phone_number').up(db)
      },
    },
    '0010_shared_values': {
      up: db =>
        table(db, 'shared_values', dialect)
          .addColumn('key', 'varchar(128)', column => column.primaryKey())
          .addColumn('value', 'text', column => column.notNull())
          .addColumn('expires_at', 'bigint', column => column.notNull())
          .execute(),
    },
    '0011_shared_values_expiry': index('shared_values_expiry', 'shared_values', ['expires_at']),
    '0012_users_key_checked_at': column('users', 'key_checked_at', 'bigint'),
    '0013_users_key_valid': column('users', 'key_valid', 'integer'),
  }

  function column(of: string, name: string, type: 'bigint' | 'integer'): Migration {
    return {
      async up(db) {
        if (dialect === 'mysql' && (await hasColumn(db, of, name))) return
        await db.schema.alterTable(of).addColumn(name, type).execute()
      },
    }
  }

  /** `present`: leave out the rows where this column is null. MySQL knows no such index. */
  function index(name: string, of: string, columns: string[], present?: string): Migration {
    return {
      async up(db) {
        // MySQL, unlike MariaDB, knows no "create index if not exists".
        if (dialect === 'mysql' && (await hasIndex(db, of, name))) return
        const create = db.schema.createIndex(name).on(of).columns(columns)
        if (dialect === 'mysql') return create.execute()
        const whole = create.ifNotExists()
        if (present === undefined) return whole.execute()
        return whole.where(sql<boolean>`${sql.ref(present)} is not null`).execute()
      },
    }
  }
}

/**
 * A code's digest is random. In SQLite a table ordered by it rewrites a page for each code at its
 * claim and another when it is settled; rows in order of arrival share both.
 */
async function keepCodesInOrder(db: Kysely<Tables>, dialect: SqlDialect): Promise<void> {
  if (dialect !== 'sqlite') return
  const { rows } = await sql<{ sql: string }>`
    select sql from sqlite_schema where name = 'login_codes'
  `.execute(db)
  const ordered = String(rows[0]?.sql).replace(/ without rowid$/i, '')
  await sql`alter table login_codes rename to login_codes_by_hash`.execute(db)
  await sql.raw(ordered).execute(db)
  await sql`insert into login_codes select * from login_codes_by_hash order by expires_at`.execute(
    db,
  )
  await sql`drop table login_codes_by_hash`.execute(db)
  await db.schema.createIndex('login_codes_expiry').on('login_codes').column('expires_at').execute()
}

function table(db: Kysely<unknown>, name: string, dialect: SqlDialect) {
  const create = db.schema.createTable(name).ifNotExists()
  // Every key here is text: with a hidden row number SQLite would keep a second tree for each.
  if (dialect === 'sqlite') return create.modifyEnd(sql`without rowid`)
  if (dialect === 'postgres') return create
  // Binary comparison: an openid differs by case from another person's.
  return create.modifyEnd(sql`engine = innodb character set utf8mb4 collate utf8mb4_bin`)
}

async function hasIndex(db: Kysely<unknown>, table: string, name: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from information_schema.statistics
    where table_schema = database() and table_name = ${table} and index_name = ${name}
  `.execute(db)
  return rows.length > 0
}

async function hasColumn(db: Kysely<unknown>, table: string, name: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from information_schema.columns
    where table_schema = database() and table_name = ${table} and column_name = ${name}
  `.execute(db)
  return rows.length > 0
}

const MIGRATION_TABLE = 'login_migrations'

/**
 * Steps that a newer version of this service has taken: while instances are replaced one by one,
 * the older ones start on its schema. The migrator would refuse steps that it does not know.
 */
async function newer(db: Kysely<Tables>): Promise<Record<string, Migration>> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === MIGRATION_TABLE)) return {}
  const { rows } = await sql<{ name: string }>`
    select name from ${sql.table(MIGRATION_TABLE)}
  `.execute(db)
  const known = Object.keys(migrations('sqlite'))
  const last = String(known.at(-1))
  const unknown = rows.filter(({ name }) => name > last)
  return Object.fromEntries(unknown.map(({ name }) => [name, { up: async () => {} }]))
}

/**
 * Brings a database to the newest schema. Instances that start together migrate once: SQLite and
 * PostgreSQL in one transaction, MySQL under a lock and step by step.
 *
 * @throws whatever the database says when a migration cannot be applied
 */
export async function migrate(db: Kysely<Tables>, dialect: SqlDialect): Promise<void> {
  for (let known = -1; ; ) {
    const later = await newer(db)
    const steps = { ...migrations(dialect), ...later }
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => steps },
      migrationTableName: MIGRATION_TABLE,
      migrationLockTableName: 'login_migrations_lock',
    })
    const { error } = await migrator.migrateToLatest()
    if (!error) return
    // While this one waited for the lock, a newer version may have taken steps: look once more.
    if (Object.keys(later).length === known) throw error
    known = Object.keys(later).length
  }
}
