import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the name of every temporary folder of a test begins with. */
export const PREFIX = 'miniprogram-login-'

/** A folder of its own for one test; `remove` deletes it whole. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), PREFIX))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A SQLite file that does not exist yet. */
export function temporaryDatabase(): { url: string; file: string; remove: () => void } {
  const { path, remove } = temporaryFolder()
  const file = join(path, 'login.db')
  return { url: `sqlite:${file}`, file, remove }
}
