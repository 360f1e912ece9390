import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

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
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const secret = newSecret()
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' })
  return secret
}

function newSecret(): string {
  return randomBytes(36).toString('base64')
}
