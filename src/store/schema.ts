import { type Kysely, type Migration, Migrator } from 'kysely'

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
    is_new_user: number
    error: string | null
    wx_errcode: number | null
    expires_at: number
  }
}

/** In order, by name; one that was released is never edited again. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001_users_sessions_login_codes': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('users')
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
        .execute()
      await db.schema
        .createTable('sessions')
        .addColumn('id', 'varchar(48)', column => column.primaryKey())
        .addColumn('user_id', 'varchar(32)', column => column.notNull())
        .addColumn('sealed', 'text', column => column.notNull())
        .addColumn('key_hash', 'varchar(32)', column => column.notNull())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addColumn('expires_at', 'bigint', column => column.notNull())
        .addForeignKeyConstraint('sessions_user', ['user_id'], 'users', ['id'], key =>
          key.onDelete('cascade'),
        )
        .execute()
      await db.schema
        .createTable('login_codes')
        .addColumn('hash', 'varchar(32)', column => column.primaryKey())
        .addColumn('status', 'varchar(8)', column => column.notNull())
        .addColumn('owner', 'varchar(32)', column => column.notNull())
        .addColumn('idempotency_hash', 'varchar(32)')
        .addColumn('claimed_at', 'bigint', column => column.notNull())
        .addColumn('settled_at', 'bigint')
        .addColumn('session_id', 'varchar(48)')
        .addColumn('is_new_user', 'integer', column => column.notNull().defaultTo(0))
        .addColumn('error', 'varchar(32)')
        .addColumn('wx_errcode', 'integer')
        .addColumn('expires_at', 'bigint', column => column.notNull())
        .execute()
      await index(db, 'sessions_of_user', 'sessions', ['user_id', 'created_at'])
      await index(db, 'sessions_expiry', 'sessions', ['expires_at'])
      await index(db, 'login_codes_expiry', 'login_codes', ['expires_at'])
    },
  },
}

async function index(db: Kysely<unknown>, name: string, table: string, columns: string[]) {
  await db.schema.createIndex(name).on(table).columns(columns).execute()
}

/**
 * Brings a database to the newest schema. Instances that start together migrate once.
 *
 * @throws whatever the database says when a migration cannot be applied; nothing is half done where
 *   the database can roll back its schema
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableName: 'login_migrations',
    migrationLockTableName: 'login_migrations_lock',
  })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}
