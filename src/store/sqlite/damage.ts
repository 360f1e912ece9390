import { statSync } from 'node:fs'
import type { SqliteDatabase } from './binding'

/** Reasons in our log and, while they last, of every write that is refused. */
export const DAMAGED = 'sqlite_damaged'
export const FILE_GONE = 'sqlite_file_gone'

/** What the operator does about it; the file itself is never touched. */
export const FIX: Readonly<Record<string, string>> = {
  [DAMAGED]:
    'the file is damaged and left as it is: stop the service, move the file and what lies beside it (-wal, -shm) away, put a backup in its place, start again; without a backup: sqlite3 <damaged> .recover | sqlite3 <new>',
  [FILE_GONE]:
    'the file was removed or replaced while in use: put it back, or stop the service, put a backup in its place and start again',
}

const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

export function isDamage(error: unknown): boolean {
  const { errcode = 0, message } = error as { errcode?: number; message?: string }
  // The low byte of the code is the error; the rest is detail. The binding for Node 20 sometimes
  // gives no code but only a message.
  const code = errcode & 0xff
  const inWords = /malformed|not a database/.test(String(message))
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB || inWords
}

/** A check takes a second for each 300 MB. A larger file is not checked: logins would wait for it. */
const MAX_CHECKED_BYTES = 128 * 1024 * 1024
/** A check of so much takes 27 ms, which a start can wait for: the operator is still looking. */
const MAX_CHECKED_AT_START = 8 * 1024 * 1024

/** Whether the start itself waits for the check of a file; otherwise the writing thread's writes do. */
export function isCheckedAtStart(file: string): boolean {
  return statSync(file).size <= MAX_CHECKED_AT_START
}

/**
 * Looks at every page of a file that is not too large. SQLite itself finds a damaged page only when
 * somebody's data is on it.
 *
 * @throws Error with SQLite's `errcode` for a corrupt file
 */
export function checkWhole(database: SqliteDatabase, file: string): void {
  if (statSync(file).size > MAX_CHECKED_BYTES) return
  const [row] = database.prepare('pragma quick_check(1)').all() as Record<string, string>[]
  const outcome = Object.values(row ?? {})[0]
  if (outcome === 'ok') return
  throw Object.assign(new Error('database disk image is malformed'), { errcode: SQLITE_CORRUPT })
}

export interface FileIdentity {
  readonly ino: number
  readonly dev: number
}

export function identityOf(file: string): FileIdentity {
  const { ino, dev } = statSync(file)
  return { ino, dev }
}

/** Whether the path still leads to the file that was opened. Writes to a replaced file are lost. */
export function isInPlace(file: string, { ino, dev }: FileIdentity): boolean {
  const now = statSync(file, { throwIfNoEntry: false })
  return now !== undefined && now.ino === ino && now.dev === dev
}
