const { execFileSync } = require('node:child_process')
const { join } = require('node:path')

/** Time that every fsync takes longer on the slow disk. */
const SLOW_FSYNC_MS = 20

/**
 * The environment of a process on a slow disk: each of its fsyncs sleeps first, in the thread that
 * asked, and nothing else is touched. Needs a C compiler; without one says so and is undefined.
 */
function slowDisk(folder) {
  const library = join(folder, 'slow-fsync.so')
  const options = ['-shared', '-fPIC', '-O2', `-DSLOW_FSYNC_MS=${SLOW_FSYNC_MS}`, '-o', library]
  try {
    execFileSync('cc', [...options, join(__dirname, 'slow-fsync.c')], { stdio: 'pipe' })
    return { LD_PRELOAD: library }
  } catch {
    process.stderr.write('skipped: the slow disk, for no C compiler (cc) makes it\n')
    return undefined
  }
}

module.exports = { SLOW_FSYNC_MS, slowDisk }
