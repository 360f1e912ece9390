import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder } from '../make-folder'
import { ConfigError } from './config-error'
import { weaknessOf } from './secret-strength'

/**
 * The signing secret of a development machine that has none configured. It is made once and kept
 * beside the SQLite file, readable by its owner only, so that logins outlive a restart. With
 * another database it is made anew at each start, and is not written down.
 *
 * @throws ConfigError when the file cannot be written, or holds a weak secret
 */
export function devSecret(database: string): string {
  if (!database.startsWith('sqlite:')) return newSecret()
  const file = fileBeside(database)
  const kept = keptDevSecret(database)
  if (kept !== undefined) return kept
  const secret = newSecret()
  try {
    makeFolder(dirname(file))
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const problem = `the folder of ${file} cannot be written (${code}); choose another DATABASE_URL`
    throw new ConfigError([{ name: 'DATABASE_URL', problem }])
  }
  return secret
}

function fileBeside(database: string): string {
  return join(dirname(database.slice('sqlite:'.length)), 'development-jwt-secret')
}

/** As `devSecret`, for who only looks: writes nothing down. */
export function presentDevSecret(database: string): string {
  const kept = database.startsWith('sqlite:') ? keptDevSecret(database) : undefined
  return kept ?? newSecret()
}

/**
 * The secret that was made beside this SQLite file, or undefined where there is none.
 *
 * @throws ConfigError when its file holds a weak one
 */
export function keptDevSecret(database: string): string | undefined {
  const file = fileBeside(database)
  let secret: string
  try {
    secret = readFileSync(file, 'utf8').trim()
  } catch {
    // A file that exists and cannot be read is reported as one that cannot be written.
    return undefined
  }
  const weakness = weaknessOf(secret)
  if (weakness === undefined) return secret
  throw new ConfigError([
    { name: 'JWT_SECRET', problem: `${file} ${weakness}; delete the file, or set JWT_SECRET` },
  ])
}

/** A signing secret of 36 random bytes. */
export function newSecret(): string {
  return randomBytes(36).toString('base64')
}
