// npm run bench:start [-- --rounds=9 --node=PATH]: how long a start takes, what CPU and what memory.
const { randomBytes } = require('node:crypto')
const { execFileSync } = require('node:child_process')
const { rmSync, readFileSync, statSync } = require('node:fs')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { runBounded } = require('./bounded')
const { startToAnswer } = require('./first-answer')
const { fillFile } = require('./large-file')
const { machine } = require('./machine')
const { readNumber } = require('./options')
const { columns, range } = require('./report')
const { spread } = require('./statistics')
const { createTemporaryFolder } = require('./temporary-folder')

const OURS = join(__dirname, '../dist/server/main.js')
const LARGE_BYTES = 120 * 2 ** 20
/** After the answer, before memory is looked at. */
const SETTLE_MS = 2000
const BASELINE = 'bare Express 5'

const say = text => process.stdout.write(`${text}\n`)
const NODE_ARG = /^--node=(.+)$/
const args = process.argv.slice(2)
const node = args.map(arg => NODE_ARG.exec(arg)?.[1]).find(Boolean) ?? process.execPath
const rounds = readNumber(
  args.filter(arg => !NODE_ARG.test(arg)),
  'rounds',
  { standard: 9, most: 50 },
)

const server = name => join(__dirname, 'servers', `${name}.js`)

/** What is started. `prepare` is done before each start, and is not measured. */
function subjectsIn(folder) {
  const env = {
    WX_APPID: 'wx0123456789abcdef',
    WX_SECRET: randomBytes(16).toString('hex'),
    JWT_SECRET: randomBytes(48).toString('base64'),
    ...{ HOST: '127.0.0.1', PORT: '0', LOG_FORMAT: 'json', PRESTOP_MS: '0' },
  }
  const ours = (name, database, prepare) => {
    const settings = { ...env, DATABASE_URL: database }
    return { name, script: OURS, env: settings, live: '/livez', ready: '/readyz', prepare }
  }
  const file = name => join(folder, `${name}.db`)
  const isNew = () => rmSync(file('new'), { force: true })
  return [
    { name: 'bare node:http', script: server('bare'), live: '/' },
    { name: BASELINE, script: server('hello'), live: '/' },
    ours('memory:', 'memory:'),
    ours('SQLite, empty file', `sqlite:${file('empty')}`),
    ours('SQLite, 120 MB', `sqlite:${file('large')}`),
    ours('SQLite, no file yet', `sqlite:${file('new')}`, isNew),
  ]
}

/** Memory that a process has in use, in MB. */
function residentMb(pid) {
  const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return Number(kib) / 1024
}

/** Two starts: one until it is alive, left in peace for its memory; one until it is ready. */
async function sample({ script, env, live, ready, prepare }, folder) {
  prepare?.()
  const alive = await startToAnswer({ node, script, env, folder, path: live })
  await sleep(SETTLE_MS)
  const rss = residentMb(alive.pid)
  await alive.stop()
  const { ms, cpuMs } = alive
  if (!ready) return { ms, cpuMs, rss, readyMs: ms }
  prepare?.()
  const second = await startToAnswer({ node, script, env, folder, path: ready })
  await second.stop()
  return { ms, cpuMs, rss, readyMs: second.ms }
}

function report(results, subjects) {
  const of = (name, field) => spread(results.map(round => round[name][field]))
  const ratio = (name, field) =>
    spread(results.map(round => round[name][field] / round[BASELINE][field]))
  const rows = subjects.map(({ name }) => [
    name,
    range(of(name, 'ms'), 0),
    range(ratio(name, 'ms'), 2),
    range(of(name, 'cpuMs'), 0),
    range(ratio(name, 'cpuMs'), 2),
    range(of(name, 'readyMs'), 0),
    range(of(name, 'rss'), 0),
  ])
  const head = ['', 'first 200 ms', 'x Express', 'CPU ms', 'x Express', 'ready ms', 'RSS MB']
  return columns([head, ...rows])
}

runBounded(60_000 + rounds * 90_000, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const subjects = subjectsIn(folder.path)
  // Once each, so that files are in the system's cache and the two files are made.
  for (const { script, env, live } of subjects) {
    const { stop } = await startToAnswer({ node, script, env, folder: folder.path, path: live })
    await stop()
  }
  await fillFile(join(folder.path, 'large.db'), LARGE_BYTES)
  const results = []
  for (let round = 0; round < rounds; round++) {
    const samples = {}
    for (const each of subjects) samples[each.name] = await sample(each, folder.path)
    results.push(samples)
    process.stderr.write(`round ${round + 1} of ${rounds}\n`)
  }
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  const megabytes = statSync(join(folder.path, 'large.db')).size / 2 ** 20
  say(`${machine()}; measured: ${version}; large file ${megabytes.toFixed(0)} MB\n`)
  say(report(results, subjects))
})
