import { type Kysely, sql } from 'kysely'
import { type Catalog, catalogOf } from './catalog'
import type { SchemaChange } from './schema-change'
import type { TableName } from './tables'

/** What the versions without a table prefix kept their steps in. */
const OLD_STEPS = 'login_migrations'
const OLD_LOCK = 'login_migrations_lock'

/** The step that made each table in those versions. */
const MADE_BY: Readonly<Record<TableName, string>> = {
  users: '0001_users',
  sessions: '0002_sessions',
  login_codes: '0003_login_codes',
  call_counts: '0006_call_counts',
  shared_values: '0010_shared_values',
  data_keys: '0015_data_keys',
}

/** The last step of those versions. */
const LAST_OLD_STEP = '0013_users_key_valid'

/**
 * The version before knows no such step and takes it for one that it has lost: it refuses to start
 * and names it ("corrupted migrations: previously executed migration … is missing"). A step that
 * sorts behind its own would let it start as if on a newer schema, and without the list of its
 * steps it would make empty tables and log everybody out.
 */
const MOVED = '0000_tables_were_renamed_see_TABLE_PREFIX'

const INDEXES = [
  'sessions_expiry',
  'login_codes_expiry',
  'call_counts_end',
  'users_unionid',
  'users_phone',
  'shared_values_expiry',
] as const

/**
 * Gives the tables of a version without a table prefix the names that they have now, and keeps all
 * that they hold. Only our own: `login_migrations` must list our steps and nothing else, and the
 * step that made the table. A host app's `users` and `sessions` are left alone, and so are the
 * tables of another service of this version that has no prefix, for it has taken step 0014.
 *
 * Instances of the version before that still run answer 503 `store_unavailable` from then on,
 * because their tables are gone; started again, they refuse to start. An interruption leaves
 * nothing half done: SQLite and PostgreSQL roll back, and on MySQL each part is made only where it
 * has not been made yet, the mark `MOVED` last.
 */
export async function takeOver(change: SchemaChange): Promise<void> {
  const { dialect } = change
  // Here tables are called as they are.
  const db = change.db.withoutPlugins()
  const catalog = catalogOf(db, change.target)
  const steps = await oldSteps(change, catalog)
  if (!steps) return
  const present = await catalog.tables()
  const moves = Object.entries(MADE_BY)
    .filter(([table, step]) => steps.has(step) && present.has(table))
    .map(([table]) => ({ from: table, to: change.nameOf(table) }))
    .filter(({ to }) => !present.has(to))
  if (moves.length > 0) await renameTables(change, moves)
  if (dialect === 'sqlite') await dropOldIndexes(db)
  if (dialect === 'postgres') await renamePostgresIndexes(change, catalog, moves)
  if (dialect === 'mysql') await renameMysqlForeignKey(change)
  await markAsMoved(change)
  await sql`drop table if exists ${change.at(OLD_LOCK)}`.execute(db)
}

/** The steps that a version without a prefix has taken here, or undefined if there was none. */
async function oldSteps(
  change: SchemaChange,
  catalog: Catalog,
): Promise<ReadonlySet<string> | undefined> {
  const columns = await catalog.columns(OLD_STEPS)
  if (!columns.has('name') || !columns.has('timestamp')) return undefined
  const list = sql<{ name: string }>`select name from ${change.at(OLD_STEPS)}`
  const steps = (await list.execute(change.db)).rows.map(({ name }) => String(name))
  const areOurs = steps.every(
    step => /^00\d\d_/.test(step) && step <= LAST_OLD_STEP && step > MOVED,
  )
  return areOurs && steps.includes(MADE_BY.users) ? new Set(steps) : undefined
}

interface Move {
  readonly from: string
  readonly to: string
}

/** Foreign keys follow their table by themselves. */
async function renameTables(change: SchemaChange, moves: readonly Move[]): Promise<void> {
  const db = change.db.withoutPlugins()
  if (change.dialect === 'mysql') {
    // All in one statement, so that an interruption leaves all of them or none.
    const each = moves.map(({ from, to }) => sql`${sql.table(from)} to ${sql.table(to)}`)
    await sql`rename table ${sql.join(each)}`.execute(db)
    return
  }
  for (const { from, to } of moves) {
    await sql`alter table ${change.at(from)} rename to ${sql.id(to)}`.execute(db)
  }
}

/** SQLite cannot rename an index. The steps that follow make each again under its new name. */
async function dropOldIndexes(db: Kysely<unknown>): Promise<void> {
  for (const index of INDEXES) await db.schema.dropIndex(index).ifExists().execute()
}

/** In PostgreSQL an index takes a name of the whole schema, also that of a primary key. */
async function renamePostgresIndexes(
  change: SchemaChange,
  catalog: Catalog,
  moves: readonly Move[],
): Promise<void> {
  for (const { from, to } of moves) {
    const prefix = to.slice(0, -from.length)
    for (const index of await catalog.indexes(to)) {
      const renamed = sql.id(prefix + index)
      await sql`alter index ${change.at(index)} rename to ${renamed}`.execute(change.db)
    }
  }
}

/** In MySQL a foreign key takes a name of the whole database. */
async function renameMysqlForeignKey(change: SchemaChange): Promise<void> {
  const { db } = change
  const table = change.nameOf('sessions')
  const { rows } = await sql`
    select 1 from information_schema.table_constraints
    where table_schema = database() and table_name = ${table} and constraint_name = 'sessions_user'
  `.execute(db)
  if (rows.length === 0) return
  await sql`
    alter table ${sql.table(table)} drop foreign key sessions_user,
      add constraint ${sql.id(change.nameOf('sessions_user'))} foreign key (user_id)
      references ${sql.table(change.nameOf('users'))} (id) on delete cascade
  `.execute(db)
}

async function markAsMoved(change: SchemaChange): Promise<void> {
  await sql`
    insert into ${change.at(OLD_STEPS)} (${sql.ref('name')}, ${sql.ref('timestamp')})
    values (${MOVED}, ${new Date().toISOString()})
  `.execute(change.db)
}
