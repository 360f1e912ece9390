import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder } from '../../make-folder'
import { listSteps, migrateIfDue } from '../sql/steps'
import { openSqlite, type SqliteDatabase, type SqliteOptions } from './binding'
import { checkWhole, isCheckedAtStart } from './damage'
import { hasSessionChanges } from './session-changes'
import { isBusy } from './write-lock'

/** Between two looks at a file that another instance prepares. */
const LOOK_EVERY_MS = 100

export interface OpenFileOptions {
  readonly file: string
  readonly tablePrefix: string
  readonly connection: SqliteOptions
  /** How long to wait for another instance's migration. */
  readonly migrationMs: number
}

/**
 * Opens a SQLite file for reading, with the newest schema. A file that is not there is made, readable
 * by its owner only. Of several instances that start at the same moment one prepares the file, and
 * the others wait their turn.
 *
 * @throws Error with `code` when the file cannot be opened, is no database, cannot be migrated, or is
 * damaged, which is found out here where the file is small or a migration is due
 */
export async function openFile(options: OpenFileOptions): Promise<SqliteDatabase> {
  const { file, migrationMs } = options
  makeFolder(dirname(file))
  closeSync(openSync(file, 'a', 0o600))
  const end = performance.now() + migrationMs
  for (;;) {
    try {
      return await openMigrated(options)
    } catch (error) {
      if (!isBusy(error) || performance.now() >= end) throw error
    }
    await sleep(LOOK_EVERY_MS)
  }
}

async function openMigrated(options: OpenFileOptions): Promise<SqliteDatabase> {
  const { file, connection } = options
  const database = openSqlite(file, connection)
  try {
    if (isCheckedAtStart(file)) checkWhole(database, file)
    await migrateOnce(database, options)
    database.exec('pragma query_only = on')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** A migration writes, so that a large file is checked before one; otherwise see `writer.ts`. */
async function migrateOnce(
  database: SqliteDatabase,
  { file, tablePrefix }: OpenFileOptions,
): Promise<void> {
  const target = { dialect: 'sqlite', tablePrefix } as const
  const checkLarge = () => isCheckedAtStart(file) || checkWhole(database, file)
  await migrateIfDue(
    tablePrefix,
    async () => database.prepare(listSteps(target)).all(),
    async () => {
      checkLarge()
      await loadTables().migrateFile(database, target)
    },
  )
  if (hasSessionChanges(database, tablePrefix)) return
  checkLarge()
  await loadTables().mendChanges(database, target)
}

/** Only a file that has to be changed loads Kysely. */
function loadTables(): typeof import('./file-tables') {
  return require('./file-tables')
}
