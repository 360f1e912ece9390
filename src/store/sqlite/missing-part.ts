import { createRequire } from 'node:module'

const KEEP_WHOLE =
  'a bundler took the program apart: tell it that miniprogram-login is external (esbuild --external:miniprogram-login, ncc -e miniprogram-login, webpack externals), and install the package beside the bundle; or use another DATABASE_URL'

/** A part of the program that SQLite needs is not where it belongs. Says in words what and how to mend it. */
export class MissingPart extends Error {
  override readonly name = 'MissingPart'
}

/** What the writing thread's program loads first, from beside it. */
const NEEDED = './batch-writer'

/**
 * Looks whether the writing thread's program can be loaded, which the thread itself does later.
 *
 * @throws MissingPart where it cannot: a bundler leaves the file out, or takes it alone
 */
export function findWriter(script: string): void {
  try {
    const { resolve } = createRequire(script)
    resolve(script)
    resolve(NEEDED)
  } catch {
    throw new MissingPart(
      `the program of the thread that writes to SQLite is missing (${script}): ${KEEP_WHOLE}`,
    )
  }
}

/** On Node 20: the package with SQLite's binaries is not there, or has none for this machine. */
export function bindingMissing(): MissingPart {
  return new MissingPart(
    `SQLite's binary for Node ${process.versions.node} on ${process.platform} ${process.arch} is missing: run npm rebuild @photostructure/sqlite, or use Node 22.13 or newer, which has SQLite built in; if ${KEEP_WHOLE}`,
  )
}
