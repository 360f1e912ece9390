import { resolve } from 'node:path'
import { ConfigError } from '../config'
import { createMemoryStore } from './memory'
import { createSqlStore } from './sql'
import { openSqliteDriver } from './sqlite'
import type { Store } from './store'

/**
 * Opens the store that a database URL names: `memory:` or `sqlite:<file>`.
 *
 * @throws ConfigError that names the file when it cannot be used; it is never replaced
 */
export async function openStore(database: string): Promise<Store> {
  if (database === 'memory:') return createMemoryStore()
  const file = resolve(database.replace(/^sqlite:/, ''))
  try {
    return createSqlStore(await openSqliteDriver(file))
  } catch (error) {
    const { code, errcode, message } = error as NodeJS.ErrnoException & { errcode?: number }
    const what = [code, errcode, message].filter(part => part !== undefined).join(', ')
    throw new ConfigError([
      {
        name: 'DATABASE_URL (database)',
        problem: `the SQLite file ${file} cannot be used (${what}); check the folder's permissions, or restore the file from a backup`,
      },
    ])
  }
}
