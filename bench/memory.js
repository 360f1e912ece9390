const { existsSync, readFileSync, rmSync } = require('node:fs')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')

const PROBE = join(__dirname, 'memory-probe.js')
const LONGEST_MS = 30_000
const MEGABYTE = 2 ** 20

/** What a server's environment needs so that `memoryOf` can ask it. */
function probed(file) {
  return { NODE_OPTIONS: `--require ${PROBE}`, MEMORY_FILE: file }
}

/** What a server holds after its garbage was collected, in MB. */
async function memoryOf({ pid }, file) {
  rmSync(file, { force: true })
  process.kill(pid, 'SIGUSR2')
  const end = performance.now() + LONGEST_MS
  while (!existsSync(file)) {
    if (performance.now() > end) throw new Error('the server says nothing of its memory')
    await sleep(20)
  }
  const { rss, heapUsed } = JSON.parse(readFileSync(file, 'utf8'))
  return { rss: rss / MEGABYTE, heap: heapUsed / MEGABYTE }
}

module.exports = { memoryOf, probed }
