import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ConfigError } from './config'

/**
 * The signing secret of a development machine that has none configured: made once and kept beside
 * the database, readable by its owner only, so that logins outlive a restart. With a database in
 * memory there is nothing to outlive, and the secret is not written down.
 */
export function devSecret(database = 'sqlite:./data/login.db'): string {
  if (!database.startsWith('sqlite:')) return newSecret()
  const file = join(dirname(database.slice('sqlite:'.length)), 'development-jwt-secret')
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    // Missing, or not to be read: the second is told below, when it cannot be made either.
  }
  const secret = newSecret()
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const problem = `the folder of ${file} cannot be written (${code}); choose another DATABASE_URL`
    throw new ConfigError([{ name: 'DATABASE_URL', problem }])
  }
  return secret
}

function newSecret(): string {
  return randomBytes(36).toString('base64')
}
