import { resolve } from 'node:path'
import type { SqlDialect } from './sql/tables'

export function dialectOf(database: string): SqlDialect {
  if (database.startsWith('sqlite:')) return 'sqlite'
  return /^postgres(ql)?:/.test(database) ? 'postgres' : 'mysql'
}

export function sqliteFile(database: string): string {
  return resolve(database.slice('sqlite:'.length))
}
