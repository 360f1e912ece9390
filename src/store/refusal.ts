import { ConfigError } from '../config/config-error'
import { sqlCodeOf } from './sql/faults'
import { fixOf } from './sql/refusals'
import { DAMAGED, FIX, isDamage } from './sqlite/damage'
import { MissingPart } from './sqlite/missing-part'
import { sqliteFile } from './which-database'

export const DATABASE_SETTING = 'DATABASE_URL (database)'

/** What is wrong with a setting of a store, in the operator's words. */
export function refusal(problem: string, name = DATABASE_SETTING): ConfigError {
  return new ConfigError([{ name, problem }])
}

/** What a failure of a database means for the operator, without its URL and its text. */
export function unusable(database: string, error: unknown): ConfigError {
  if (error instanceof ConfigError) return error
  return refusal(error instanceof MissingPart ? error.message : whatIsWrong(database, error))
}

function whatIsWrong(database: string, error: unknown): string {
  const reason = sqlCodeOf(error)
  if (!database.startsWith('sqlite:')) {
    return `the database cannot be used (${reason}): ${fixOf(reason)}`
  }
  const { code, errcode, message } = error as NodeJS.ErrnoException & { errcode?: number }
  const what = [code, errcode, message].filter(part => part !== undefined).join(', ')
  return `the SQLite file ${sqliteFile(database)} cannot be used (${what}): ${fixOfFile(error)}`
}

function fixOfFile(error: unknown): string | undefined {
  const reason = sqlCodeOf(error)
  if (isDamage(error)) return FIX[DAMAGED]
  if (reason.startsWith('schema_')) return fixOf(reason)
  return "check the folder's permissions, or restore the file from a backup"
}
