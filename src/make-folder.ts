import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder with those above it; one that is there stays. Not Node's `recursive`, which never
 * ends where no folder can be made, as in `/proc`: the kernel's ENOENT is a missing parent to it, and
 * it tries again for ever, deaf to signals.
 *
 * @throws Error with the `code` of the system
 */
export function makeFolder(folder: string): void {
  const path = resolve(folder)
  if (!existsSync(dirname(path))) makeFolder(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    if (!isFolder(path)) throw error
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
