// npm run bench:writes [-- --logins=5000]: what a login makes PostgreSQL and Redis do: transactions,
// rows, bytes of the write-ahead log, commands. Counts, so a busy machine tells the same.
const { setTimeout: sleep } = require('node:timers/promises')
const pg = require('pg')
const { createClient } = require('@redis/client')
const { runBounded } = require('./bounded')
const { settingsFor, startDatabases } = require('./databases')
const { LOGIN } = require('./jobs')
const { createLoad } = require('./load')
const { machine } = require('./machine')
const { readNumber } = require('./options')
const { columns } = require('./report')
const { createServers } = require('./servers')
const { createTemporaryFolder } = require('./temporary-folder')

const SETUPS = [
  { name: 'PostgreSQL', needs: ['postgres'] },
  { name: 'Redis + PostgreSQL', needs: ['postgres', 'redis'] },
]
/** Few at a time: a login that is refused has written something, too. */
const JOB = { ...LOGIN, connections: 4, ms: 60_000, mayRefuse: true, mostRefused: 0.05 }
/** PostgreSQL's processes tell of their work when they have been idle for a second. */
const COUNTED_MS = 2500

const say = text => process.stdout.write(`${text}\n`)
const logins = readNumber(process.argv.slice(2), 'logins', { standard: 3000, most: 20_000 })

/** So far: transactions, rows added or changed, bytes of the write-ahead log. */
async function postgresCounts(client) {
  await sleep(COUNTED_MS)
  const { rows } = await client.query(`select xact_commit as transactions,
      tup_inserted + tup_updated as rows, pg_current_wal_insert_lsn() - '0/0' as bytes
    from pg_stat_database where datname = current_database()`)
  return Object.fromEntries(Object.entries(rows[0]).map(([name, count]) => [name, Number(count)]))
}

/** Commands so far; those inside a script count, too. */
async function redisCommands(client) {
  const text = String(await client.sendCommand(['INFO', 'commandstats']))
  const calls = [...text.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)]
  const of = wanted =>
    calls.filter(([, name]) => wanted(name)).reduce((sum, [, , n]) => sum + +n, 0)
  return { scripts: of(name => name.startsWith('eval')), commands: of(() => true) }
}

async function measure(setup, { atEnd, servers, load, number }) {
  const databases = await startDatabases(setup, each => atEnd(() => each.remove()))
  if (!databases) return undefined
  const ours = await servers.startOurs(`writes-${number}`, settingsFor(databases))
  const client = new pg.Client(databases.postgres.url)
  await client.connect()
  atEnd(() => client.end())
  const redis = databases.redis && createClient({ url: databases.redis.url, RESP: 2 })
  await redis?.connect()
  atEnd(() => redis?.destroy())
  const look = async () => ({
    ...(await postgresCounts(client)),
    ...(redis && (await redisCommands(redis))),
  })
  await load.run({ url: ours.url, ...JOB, maxRequests: 100 })
  const before = await look()
  const done = await load.run({ url: ours.url, ...JOB, maxRequests: logins })
  const after = await look()
  await ours.stop()
  const each = (name, digits) =>
    name in after ? ((after[name] - before[name]) / done.latencies.length).toFixed(digits) : ''
  const counts = [each('transactions', 2), each('rows', 2), each('bytes', 0)]
  return [setup.name, ...counts, each('scripts', 2), each('commands', 1)]
}

runBounded(300_000, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const servers = await createServers(folder.path, server => atEnd(server.stop))
  const load = createLoad()
  atEnd(load.stop)
  const rows = []
  for (const [number, setup] of SETUPS.entries()) {
    const row = await measure(setup, { atEnd, servers, load, number })
    if (row) rows.push(row)
  }
  say(`${machine()}\n${logins} logins, each a new user; counts of one login\n`)
  const head = ['', 'transactions', 'rows written', 'WAL bytes', 'Redis scripts', 'Redis commands']
  say(columns([head, ...rows]))
})
