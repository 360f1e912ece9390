// npm run bench:mechanism -- forget [--rounds=5] [--rate=1000] [--workers=1] [--loads=4]: the same server with and
// without one mechanism, in turns, on this disk and on a slow one.
const { join } = require('node:path')
const { runBounded } = require('./bounded')
const { cpuSeconds } = require('./cpu-time')
const { CHECK, CONNECTIONS, LOGIN, logIn } = require('./jobs')
const { createLoad } = require('./load')
const { machine } = require('./machine')
const { MECHANISMS } = require('./mechanisms')
const { readNumbers } = require('./options')
const { columns, range } = require('./report')
const { createServers } = require('./servers')
const { SLOW_FSYNC_MS, slowDisk } = require('./slow-disk')
const { percentile, spread } = require('./statistics')
const { createTemporaryFolder } = require('./temporary-folder')

const LOGIN_CONNECTIONS = 256
const USERS = 2000
const ROUND_MS = 3000
const WARM_UP_MS = 4000

const say = text => process.stdout.write(`${text}\n`)
const [name, ...rest] = process.argv.slice(2)
if (!Object.hasOwn(MECHANISMS, name ?? '')) {
  throw new Error(`which mechanism? There is ${Object.keys(MECHANISMS).join(', ')}`)
}
const {
  rounds,
  rate,
  workers,
  loads: most,
} = readNumbers(rest, {
  rounds: { standard: 5, most: 20 },
  rate: { standard: 1000, most: 5000 },
  workers: { standard: 1, most: 8 },
  loads: { standard: 4, most: 4 },
})

/** What the server is asked for. `--loads=1` is the first alone, for a machine that is busy. */
const LOADS = [
  { name: 'checks alone', checks: {} },
  { name: 'logins alone', logins: {} },
  { name: `checks, and ${rate} logins/s`, checks: {}, logins: { perSecond: rate } },
  {
    name: `1000 checks/s, ${rate} logins/s`,
    checks: { perSecond: 1000 },
    logins: { perSecond: rate },
  },
].slice(0, most)

const FIGURES = [
  {
    name: 'CPU us/check',
    only: 'checks alone',
    of: s => (s.cpu * 1e6) / s.checks.length,
    digits: 1,
  },
  {
    name: 'CPU us/login',
    only: 'logins alone',
    of: s => (s.cpu * 1e6) / s.logins.length,
    digits: 1,
  },
  { name: 'logins/s', of: s => s.loginsInTime / (ROUND_MS / 1000), digits: 0, wants: 'logins' },
  { name: 'login p50 ms', of: s => percentile(s.logins, 50), digits: 1, wants: 'logins' },
  { name: 'login p99 ms', of: s => percentile(s.logins, 99), digits: 1, wants: 'logins' },
  { name: 'check p50 ms', of: s => percentile(s.checks, 50), digits: 2, wants: 'checks' },
  { name: 'check p99 ms', of: s => percentile(s.checks, 99), digits: 2, wants: 'checks' },
]

async function sample({ url, pid }, tokens, { load, stormLoad }, { checks, logins }, ms) {
  const before = cpuSeconds(pid)
  const nothing = { latencies: [], inTime: 0 }
  const [check, login] = await Promise.all([
    checks ? load.run({ url, ...CHECK, tokens, connections: CONNECTIONS, ...checks, ms }) : nothing,
    logins
      ? stormLoad.run({ url, ...LOGIN, connections: LOGIN_CONNECTIONS, ...logins, ms })
      : nothing,
  ])
  return {
    cpu: cpuSeconds(pid) - before,
    checks: check.latencies,
    logins: login.latencies,
    loginsInTime: login.inTime,
  }
}

runBounded(180_000 + rounds * 100_000, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const servers = await createServers(folder.path, server => atEnd(server.stop))
  const loads = { load: createLoad(), stormLoad: createLoad() }
  for (const each of Object.values(loads)) atEnd(each.stop)
  const slow = slowDisk(folder.path)
  const disks = [
    { disk: 'this disk', env: {} },
    ...(slow ? [{ disk: `fsync + ${SLOW_FSYNC_MS} ms`, env: slow }] : []),
  ]
  const preload = `--require ${join(__dirname, 'without.js')}`
  const rows = []
  for (const [number, { disk, env }] of disks.entries()) {
    const variants = []
    for (const without of ['', name]) {
      const more = { NODE_OPTIONS: preload, BENCH_WITHOUT: without, WORKERS: String(workers) }
      const server = await servers.startOurs(
        `${disk === 'this disk' ? 'a' : 'b'}${number}-${without || 'with'}`,
        {
          ...env,
          ...more,
        },
      )
      const tokens = await logIn(loads.load, server.url, USERS)
      variants.push({ server, tokens, samples: LOADS.map(() => []) })
    }
    for (const { server, tokens } of variants) {
      for (const load of LOADS) await sample(server, tokens, loads, load, WARM_UP_MS / 2)
    }
    for (let round = 0; round < rounds; round++) {
      for (const [i, load] of LOADS.entries()) {
        for (const { server, tokens, samples } of variants) {
          samples[i].push(await sample(server, tokens, loads, load, ROUND_MS))
        }
      }
      process.stderr.write(`${disk}: round ${round + 1} of ${rounds}\n`)
    }
    for (const { server } of variants) await server.stop()
    for (const [i, load] of LOADS.entries()) {
      for (const figure of FIGURES) {
        if (figure.only ? figure.only !== load.name : !load[figure.wants]) continue
        if (figure.only && workers > 1) continue
        const [on, off] = variants.map(({ samples }) => samples[i].map(figure.of))
        const ratio = spread(on.map((value, round) => value / off[round]))
        const text = values => range(spread(values), figure.digits)
        rows.push([`${disk}: ${load.name}`, figure.name, text(on), text(off), range(ratio, 2)])
      }
    }
  }
  say(`${machine()}, ${rounds} rounds of ${ROUND_MS / 1000} s, WORKERS=${workers}\n`)
  say(columns([['', '', `with ${name}`, 'without', 'with / without'], ...rows]))
})
