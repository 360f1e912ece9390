// npm run bench:setups [-- --rounds=5]: CPU of a check and of a login on each store, and the store's.
const { readFileSync } = require('node:fs')
const { runBounded } = require('./bounded')
const { settingsFor, startDatabases } = require('./databases')
const { CHECK, CONNECTIONS, LOGIN, logIn } = require('./jobs')
const { createLoad } = require('./load')
const { machine } = require('./machine')
const { readNumber } = require('./options')
const { cpuSecondsOfAll } = require('./processes')
const { columns, range } = require('./report')
const { createServers } = require('./servers')
const { spread } = require('./statistics')
const { createTemporaryFolder } = require('./temporary-folder')

const SETUPS = [
  { name: 'SQLite', needs: [] },
  { name: 'PostgreSQL', needs: ['postgres'] },
  { name: 'MariaDB', needs: ['mariadb'] },
  { name: 'Redis + PostgreSQL', needs: ['postgres', 'redis'] },
]
const USERS = 2000
const ROUND_MS = 1500
const WARM_UP_MS = 1500

const say = text => process.stdout.write(`${text}\n`)
const rounds = readNumber(process.argv.slice(2), 'rounds', { standard: 4, most: 20 })

/** Memory that a process has in use, in MB. */
function residentMb(pid) {
  const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return (Number(kib) / 1024).toFixed(0)
}

/** Runs one job and resolves to the microseconds of CPU that each process took for each request. */
async function sample(load, job, pids, ms) {
  const before = Object.entries(pids).map(([name, pid]) => [name, cpuSecondsOfAll(pid)])
  const { latencies } = await load.run({ ...job, connections: CONNECTIONS, ms })
  const used = before.map(([name, seconds]) => [name, cpuSecondsOfAll(pids[name]) - seconds])
  return Object.fromEntries(used.map(([name, cpu]) => [name, (cpu * 1e6) / latencies.length]))
}

async function measure(load, url, pids) {
  const tokens = await logIn(load, url, USERS)
  const jobs = [
    { url, ...CHECK, tokens },
    { url, ...LOGIN },
  ]
  for (const job of jobs) await sample(load, job, pids, WARM_UP_MS)
  const samples = jobs.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, job] of jobs.entries()) samples[i].push(await sample(load, job, pids, ROUND_MS))
  }
  return samples.flatMap(each =>
    ['ours', 'database', 'redis'].map(name =>
      name in pids ? range(spread(each.map(cpu => cpu[name])), 0) : '',
    ),
  )
}

runBounded(30_000 + rounds * 20_000, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const servers = await createServers(folder.path, server => atEnd(server.stop))
  const load = createLoad()
  atEnd(load.stop)
  const rows = []
  for (const [number, setup] of SETUPS.entries()) {
    const databases = await startDatabases(setup, each => atEnd(() => each.remove()))
    if (!databases) continue
    const ours = await servers.startOurs(`setup-${number}`, settingsFor(databases))
    const pids = { ours: ours.pid }
    for (const [name, database] of Object.entries(databases)) {
      pids[name === 'redis' ? 'redis' : 'database'] = database.process().pid
    }
    rows.push([setup.name, ...(await measure(load, ours.url, pids)), residentMb(ours.pid)])
    await ours.stop()
    for (const database of Object.values(databases)) await database.stop()
  }
  say(
    `${machine()}\nCPU us each; ${CONNECTIONS} connections, ${rounds} rounds; every login a new user\n`,
  )
  const kinds = ['service', 'database', 'Redis']
  say(
    columns([
      ['', ...['check', 'login'].flatMap(what => kinds.map(kind => `${what}: ${kind}`)), 'MB'],
      ...rows,
    ]),
  )
})
