import type { SchemaTarget } from './schema-target'
import { quoteOf } from './statements'

/** Where the steps are listed that were taken, behind the table prefix. */
export const STEPS_TABLE = 'login_migrations'

/** Gives the tables of a version without a table prefix the names that they have now. */
export const TAKE_OVER = '0000_take_over'

/** The steps of `migrations.ts`, in order. */
const STEPS = [
  '0001_users',
  '0002_sessions',
  '0003_login_codes',
  '0004_sessions_expiry',
  '0005_login_codes_expiry',
  '0006_call_counts',
  '0007_call_counts_end',
  '0008_login_codes_by_arrival',
  '0009_user_lookups',
  '0010_shared_values',
  '0011_shared_values_expiry',
  '0012_users_key_checked_at',
  '0013_users_key_valid',
  '0014_table_prefix',
  '0015_data_keys',
  '0015_login_codes_session_ref',
  '0015_users_proof',
  '0015_users_unionid_proof',
  '0016_disabled_users',
  '0017_sessions_last_used_at',
  '0018_session_changes',
] as const

export type StepName = (typeof STEPS)[number]

/** The names of the steps that lead to the present schema. */
export function stepsFor(tablePrefix: string): readonly string[] {
  // With no prefix the tables are called as they always were.
  return tablePrefix === '' ? STEPS : [TAKE_OVER, ...STEPS]
}

/** A row of the list of steps, as Kysely writes it. */
export interface TakenStep {
  readonly name: string
  readonly timestamp: string
}

/** Asks a database which steps it has taken. */
export function listSteps({ dialect, tablePrefix, schema }: SchemaTarget): string {
  const quoted = quoteOf(dialect)
  const inSchema = schema === undefined ? '' : `${quoted(schema)}.`
  const columns = [quoted('name'), quoted('timestamp')].join(', ')
  return `select ${columns} from ${inSchema}${quoted(tablePrefix + STEPS_TABLE)}`
}

/**
 * Whether there is nothing to migrate, so that the start need not load what migrates. All our steps
 * were taken in their order, and then those of a newer version, if any. Whatever else a list says
 * is left to Kysely's migrator, which takes steps or refuses.
 */
export function isUpToDate(taken: readonly TakenStep[], tablePrefix: string): boolean {
  const ours = stepsFor(tablePrefix)
  const inTime = [...taken].sort(byTime).map(({ name }) => name)
  const last = ours.at(-1) as string
  return (
    ours.every((name, place) => inTime[place] === name) &&
    inTime.slice(ours.length).every((name, place, newer) => name > (newer[place - 1] ?? last))
  )
}

/** In the order in which Kysely's migrator sees them. */
function byTime(one: TakenStep, other: TakenStep): number {
  if (one.timestamp === other.timestamp) return one.name < other.name ? -1 : 1
  return Date.parse(one.timestamp) - Date.parse(other.timestamp)
}

/** The list of steps is not there: nothing was migrated yet. */
const NO_LIST = /^(42P01|ER_NO_SUCH_TABLE)$/

/**
 * Asks a database by `list`, and migrates it by `migrate` where that is due.
 *
 * @throws whatever the server says, but that there is no list yet
 */
export async function migrateIfDue(
  tablePrefix: string,
  list: () => Promise<readonly unknown[]>,
  migrate: () => Promise<void>,
): Promise<void> {
  const taken = await list().catch((error: { code?: string; message?: string }) => {
    // SQLite has no code of its own for it.
    if (NO_LIST.test(String(error.code)) || /^no such table/.test(String(error.message))) return []
    throw error
  })
  if (!isUpToDate(taken as readonly TakenStep[], tablePrefix)) await migrate()
}
