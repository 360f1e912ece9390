/**
 * Failures of the disk below a SQLite file, by how their code in our log begins. A number of SQLite's
 * follows, as in `sqlite_full_13`. A disk that only stalls, or opens a file slowly,
 * goes on by itself, and has no fix.
 */
const FIX: readonly (readonly [RegExp, string | undefined])[] = [
  [/^(disk_stalled|not_open_yet)/, undefined],
  [
    /^sqlite_full/,
    'the disk of the database is full: make room (df -h); the service goes on by itself',
  ],
  [
    /^sqlite_readonly/,
    'the file of the database can be read and not written: is its disk mounted read-only, or its owner another user? the service goes on by itself',
  ],
  [/^sqlite_io/, 'the disk of the database reports errors: see dmesg, and have a backup at hand'],
  [
    /^sqlite_cannot_open/,
    'the file of the database cannot be opened: see its rights, and those of its folder',
  ],
]

/** Whether a failure is one of the disk, and what the operator does about it. */
export function diskTroubleOf(code: string): { readonly fix: string | undefined } | undefined {
  const found = FIX.find(([pattern]) => pattern.test(code))
  return found && { fix: found[1] }
}
