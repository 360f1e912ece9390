// npm run nights [-- --shorten=10 --only=3 --write]: six nights in which something breaks, played with
// a real Prometheus and the files of examples/monitoring. Which alert fires, and when; what the
// dashboard shows; what a grep and the commands say; when all is well again. `--shorten=1` leaves the
// rules as they are and takes 20 minutes. `--write` writes docs/nights.md.
require('../test/support/typescript-hook')
const { execFileSync } = require('node:child_process')
const { existsSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { runBounded } = require('./bounded')
const { machine } = require('./machine')
const { pageOf, sectionOf } = require('./nights/page')
const { play } = require('./nights/play')
const { createStage } = require('./nights/stage')
const { STOLEN } = require('./nights/stolen-phone')
const { FULL, REDIS } = require('./nights/store-nights')
const { DOWN, SECRET, SLOW } = require('./nights/wechat-nights')
const { readNumbers } = require('./options')
const { createTemporaryFolder } = require('./temporary-folder')

const NIGHTS = [SLOW, DOWN, SECRET, REDIS, FULL, STOLEN]
const LIMIT_MS = 2_700_000
const PAGE = join(__dirname, '../docs/nights.md')

const args = process.argv.slice(2)
const isWritten = args.includes('--write')
const { shorten, only } = readNumbers(
  args.filter(arg => arg !== '--write'),
  { shorten: { standard: 10, most: 10 }, only: { standard: 0, most: NIGHTS.length } },
)

function versionOfPrometheus() {
  try {
    const said = execFileSync('prometheus', ['--version'], { encoding: 'utf8' })
    return /version ([\d.]+)/.exec(said)?.[1]
  } catch {
    throw new Error('Prometheus is not installed: apt-get install prometheus')
  }
}

/** A night's deployment, ready to be used; or why it cannot be played here. */
async function prepare(night, number, folder, atEnd) {
  const skipped = night.missing?.()
  if (skipped) return { night, number, skipped }
  const parts = {}
  const home = join(folder, `night-${number}`)
  const settings = (await night.settings?.(parts, atEnd, home)) ?? {}
  const stage = await createStage({ folder: home, factor: shorten, atEnd, settings })
  return { night, number, stage: Object.assign(stage, parts) }
}

async function playOne({ night, number, stage, skipped }) {
  const seen = stage && (await play(night, stage, shorten))
  process.stderr.write(`night ${number}: ${skipped ?? 'over'}\n`)
  return sectionOf(number, { night, seen, skipped })
}

runBounded(LIMIT_MS, async atEnd => {
  const prometheus = versionOfPrometheus()
  if (!existsSync(join(__dirname, '../dist'))) throw new Error('dist/ is not there: npm run build')
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const ready = []
  for (const [i, night] of NIGHTS.entries()) {
    if (only !== 0 && only !== i + 1) continue
    ready.push(await prepare(night, i + 1, folder.path, atEnd))
  }
  // All at once, for most of it is waiting. Each has its own service, WeChat, stores and Prometheus.
  const sections = await Promise.all(ready.map(playOne))
  const page = pageOf({ sections, shorten, prometheus, machine: machine() })
  if (isWritten) writeFileSync(PAGE, page)
  else process.stdout.write(page)
})
