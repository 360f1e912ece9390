import {
  chownSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'

/**
 * Replaces a file's text in one step: at no moment is there half of it, nor none. Owner and rights
 * stay. A link stays a link.
 *
 * @param check looks at the new file before it counts, and throws to leave the old one alone
 * @throws Error with `code` when the file cannot be replaced; the old one is then untouched. EEXIST:
 *   another replacement is under way, or one was killed
 */
export function replaceFile(file: string, text: string, check: (draft: string) => void): void {
  const target = realpathSync(file)
  const draft = `${target}.new`
  const { mode, uid, gid } = statSync(target)
  const descriptor = openSync(draft, 'wx', mode & 0o777)
  try {
    try {
      const own = statSync(draft)
      if (own.uid !== uid || own.gid !== gid) chownSync(draft, uid, gid)
      // What the umask took away.
      fchmodSync(descriptor, mode & 0o777)
      writeFileSync(descriptor, text)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    check(draft)
    renameSync(draft, target)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
