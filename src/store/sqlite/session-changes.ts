import { CHANGES_TABLE, CHANGES_TRIGGERS } from '../sql/changes-names'
import type { SessionChanges } from '../sql/driver'
import type { SqliteDatabase } from './binding'

/** Changes that one look reads at the most; of more, all users are named. 1,000 take 0.5 ms. */
const MAX_READ = 1000

interface Change {
  readonly seq: number
  readonly userId: string | null
  readonly mark: number
}

/** How far the list of changes was read. */
interface Position {
  readonly schema: number
  /** Whether the list and every trigger are there. Without one a change would not be listed. */
  readonly isComplete: boolean
  readonly last: Change | undefined
}

const NOBODY: readonly string[] = []

/**
 * Says whose sessions changed since the last look, by whatever connection, process or person.
 * `pragma data_version` says exactly whether anybody committed; then the list says who was touched.
 * The list is written by triggers inside the transaction that it tells of: whoever sees a change
 * sees its row. docs/decisions/session-cache.md has the proof and the figures.
 */
export function createSessionChanges(
  database: SqliteDatabase,
  tablePrefix: string,
): SessionChanges {
  const read = createReads(database, tablePrefix)
  let version: number | undefined
  let position: Position | undefined

  /** Takes the list as it stands: what was changed before counts for everybody. */
  function beginAnew(schema: number): undefined {
    position = { schema, isComplete: read.isComplete(), last: read.newest() }
  }

  function readOn(): readonly string[] | undefined {
    const schema = read.schemaVersion()
    if (position?.schema !== schema || !position.last) return beginAnew(schema)
    if (!position.isComplete) return undefined
    const { last } = position
    const [first, ...later] = read.from(last.seq)
    // Another row, or none, in the place of the last one: pruned, erased, or another copy of the file.
    const goesOn = first?.seq === last.seq && first.mark === last.mark
    const users = later.map(({ userId }) => userId)
    if (!goesOn || later.length >= MAX_READ || !users.every(isUser)) return beginAnew(schema)
    position = { ...position, last: later.at(-1) ?? last }
    return users
  }

  return {
    look() {
      const now = read.dataVersion()
      if (now === version) return NOBODY
      const users = readOn()
      // Only now: a look that failed is made once more.
      version = now
      return users
    },
  }
}

function isUser(userId: string | null): userId is string {
  return userId !== null
}

function createReads(database: SqliteDatabase, tablePrefix: string) {
  const table = `"${tablePrefix}${CHANGES_TABLE}"`
  const columns = `select seq, user_id as userId, mark from ${table}`
  const versionOf = (name: string) => {
    const statement = database.prepare(`pragma ${name}`)
    return () => (statement.get() as Record<string, number>)[name] as number
  }
  const from = database.prepare(`${columns} where seq >= ? order by seq limit ${MAX_READ + 1}`)
  const newest = database.prepare(`${columns} order by seq desc limit 1`)
  return {
    dataVersion: versionOf('data_version'),
    schemaVersion: versionOf('schema_version'),
    from: (seq: number) => from.all(seq) as Change[],
    newest: () => newest.get() as Change | undefined,
    isComplete: () => hasSessionChanges(database, tablePrefix),
  }
}

/**
 * Whether the list of changed sessions is whole. A recovery or a person may lose a part of it: with
 * the triggers and no table every login fails, with neither a change of a session would be missed.
 */
export function hasSessionChanges(database: SqliteDatabase, tablePrefix: string): boolean {
  const parts = [CHANGES_TABLE, ...CHANGES_TRIGGERS]
  const names = parts.map(name => `'${tablePrefix}${name}'`).join()
  const [found] = database
    .prepare(`select count(*) as n from sqlite_schema where name in (${names})`)
    .all() as { n: number }[]
  return found?.n === parts.length
}
