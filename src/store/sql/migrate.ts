import { type Kysely, type Migration, Migrator, sql } from 'kysely'
import { catalogOf } from './catalog'
import { migrationsFor } from './migrations'
import type { SchemaTarget } from './schema-target'
import { STEPS_TABLE } from './steps'
import { TABLE_NAMES } from './tables'

/** What Kysely locks. */
const LOCK_TABLE = 'login_migrations_lock'

/**
 * Brings a database to the newest schema. Instances that start together migrate once: SQLite and
 * PostgreSQL in one transaction, MySQL under a lock and step by step.
 *
 * @throws Error with code `schema_foreign` when somebody else's tables have our names
 * @throws whatever the database says when a migration cannot be applied
 */
export async function migrate(db: Kysely<unknown>, target: SchemaTarget): Promise<void> {
  const ours = migrationsFor(target)
  const stepsTable = target.tablePrefix + STEPS_TABLE
  await refuseForeignTables(db, target)
  for (let known = -1; ; ) {
    const later = await stepsOfNewerVersions(db, target, Object.keys(ours))
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => ({ ...ours, ...later }) },
      migrationTableName: stepsTable,
      migrationLockTableName: target.tablePrefix + LOCK_TABLE,
      // Without it Kysely takes a list of steps in any schema for this one's.
      ...(target.schema !== undefined && { migrationTableSchema: target.schema }),
    })
    const { error } = await migrator.migrateToLatest()
    if (!error) return
    // While this one waited for the lock, a newer version may have taken steps: look once more.
    if (Object.keys(later).length === known) throw error
    known = Object.keys(later).length
  }
}

/** Without a list of steps no table is ours: the list is made before the first of them. */
async function refuseForeignTables(db: Kysely<unknown>, target: SchemaTarget): Promise<void> {
  const { tablePrefix } = target
  const present = await catalogOf(db, target).tables()
  if (present.has(tablePrefix + STEPS_TABLE)) return
  const foreign = TABLE_NAMES.map(name => tablePrefix + name).find(name => present.has(name))
  if (foreign === undefined) return
  const text = `there is a table ${foreign} that is not this service's`
  throw Object.assign(new Error(text), { code: 'schema_foreign' })
}

/**
 * Steps that a newer version of this service has taken: while instances are replaced one by one,
 * the older ones start on its schema. The migrator would refuse steps that it does not know.
 */
async function stepsOfNewerVersions(
  db: Kysely<unknown>,
  target: SchemaTarget,
  known: readonly string[],
): Promise<Record<string, Migration>> {
  const table = target.tablePrefix + STEPS_TABLE
  if (!(await catalogOf(db, target).tables()).has(table)) return {}
  const at = target.schema === undefined ? sql.id(table) : sql.id(target.schema, table)
  const { rows } = await sql<{ name: string }>`select name from ${at}`.execute(db)
  const last = String([...known].sort().at(-1))
  const newer = rows.filter(({ name }) => name > last)
  return Object.fromEntries(newer.map(({ name }) => [name, { up: async () => {} }]))
}

/** What a database has of our schema. */
export interface SchemaState {
  /** Whether our tables are there. */
  readonly isThere: boolean
  /** A table that has one of our names and is somebody else's. */
  readonly foreign: string | undefined
  /** Steps that the next start takes. */
  readonly missing: readonly string[]
  /** Steps of a newer version of this service. */
  readonly newer: readonly string[]
}

/** Looks at the schema and changes nothing. */
export async function lookAtSchema(
  db: Kysely<unknown>,
  target: SchemaTarget,
): Promise<SchemaState> {
  const ours = Object.keys(migrationsFor(target))
  const table = target.tablePrefix + STEPS_TABLE
  const present = await catalogOf(db, target).tables()
  if (!present.has(table)) {
    const names = TABLE_NAMES.map(name => target.tablePrefix + name)
    const foreign = names.find(name => present.has(name))
    return { isThere: false, foreign, missing: ours, newer: [] }
  }
  const at = target.schema === undefined ? sql.id(table) : sql.id(target.schema, table)
  const { rows } = await sql<{ name: string }>`select name from ${at}`.execute(db)
  const taken = new Set(rows.map(({ name }) => name))
  const newer = Object.keys(await stepsOfNewerVersions(db, target, ours))
  return {
    isThere: true,
    foreign: undefined,
    missing: ours.filter(name => !taken.has(name)),
    newer,
  }
}
