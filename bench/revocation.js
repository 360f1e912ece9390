// npm run bench:revocation [-- --seconds=20]: how long a log-out takes to hold in another process.
const { setTimeout: sleep } = require('node:timers/promises')
const { runBounded } = require('./bounded')
const { requestText } = require('./client')
const { settingsFor, startDatabases } = require('./databases')
const { CHECK, LOGIN, logIn } = require('./jobs')
const { createLoad } = require('./load')
const { machine } = require('./machine')
const { readNumber } = require('./options')
const { columns } = require('./report')
const { createServers } = require('./servers')
const { percentile } = require('./statistics')
const { createTemporaryFolder } = require('./temporary-folder')
const { startInstances, startWorkers } = require('./two-processes')

const SETUPS = [
  { name: 'Redis, users in PostgreSQL', needs: ['postgres', 'redis'] },
  { name: 'PostgreSQL', needs: ['postgres'] },
  { name: 'SQLite, WORKERS=2', needs: [] },
]
/** What the two processes are busy with meanwhile, together. */
const CHECKS_PER_SECOND = 1000
const LOGINS_PER_SECOND = 50
const LOAD_CONNECTIONS = 64
const LOAD_USERS = 500
const WARM_UP_MS = 1000
/** Pause between two log-outs. */
const PAUSE_MS = 5

const say = text => process.stdout.write(`${text}\n`)
const seconds = readNumber(process.argv.slice(2), 'seconds', { standard: 12, most: 20 })

/** Logs out on one process and at once asks the other, until it refuses. */
async function logOut([here, there], token) {
  const ask = async (client, method, path) => {
    const headers = { Authorization: `Bearer ${token}` }
    const text = requestText({ method, path, headers, host: 'localhost' })
    const answer = await client.ask(text)
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`)
    return answer.text.includes(CHECK.contains)
  }
  const check = () => ask(there, CHECK.method, CHECK.path)
  const asked = performance.now()
  // Also makes sure that the other process knows the session before it ends.
  if (!(await check())) throw new Error('a session ended by itself')
  const checkMs = performance.now() - asked
  await ask(here, 'POST', '/logout')
  const answered = performance.now()
  let late = 0
  while (await check()) late++
  return { checkMs, refusedMs: performance.now() - answered, late }
}

/** Logs out, one after the other, while the load runs. */
async function measure(pair, load) {
  const [url] = pair.urls
  const held = await logIn(load, url, LOAD_USERS)
  const tokens = await logIn(load, url, Math.ceil((seconds * 1000) / PAUSE_MS))
  const ms = WARM_UP_MS + seconds * 1000
  const share = 1 / pair.urls.length
  const background = pair.urls.flatMap(each => [
    { url: each, ...CHECK, tokens: held, perSecond: CHECKS_PER_SECOND * share },
    { url: each, ...LOGIN, perSecond: LOGINS_PER_SECOND * share },
  ])
  const connections = LOAD_CONNECTIONS * share
  const busy = Promise.all(background.map(job => load.run({ ...job, connections, ms })))
  busy.catch(() => {})
  await sleep(WARM_UP_MS)
  const clients = await pair.connect()
  const end = performance.now() + seconds * 1000 - PAUSE_MS
  const logOuts = []
  while (performance.now() < end && tokens.length > 0) {
    logOuts.push(await logOut(clients, tokens.pop()))
    await sleep(PAUSE_MS)
  }
  for (const client of clients) client.close()
  await busy
  return logOuts
}

function row(name, logOuts) {
  const sorted = field => logOuts.map(each => each[field]).sort((a, b) => a - b)
  const refused = sorted('refusedMs')
  const checks = sorted('checkMs')
  const late = logOuts.reduce((sum, each) => sum + each.late, 0)
  const figures = [percentile(refused, 50), percentile(refused, 99), refused.at(-1)]
  return [
    name,
    String(logOuts.length),
    String(late),
    ...[...figures, percentile(checks, 99)].map(ms => ms.toFixed(1)),
  ]
}

runBounded(90_000, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const servers = await createServers(folder.path, server => atEnd(server.stop))
  const load = createLoad()
  atEnd(load.stop)
  const rows = []
  for (const [number, setup] of SETUPS.entries()) {
    const databases = await startDatabases(setup, each => atEnd(() => each.remove()))
    if (!databases) continue
    const settings = settingsFor(databases)
    const pair = await (settings.DATABASE_URL
      ? startInstances(servers, `instance-${number}`, settings)
      : startWorkers(servers, 'workers'))
    rows.push(row(setup.name, await measure(pair, load)))
  }
  say(machine())
  say(`two processes under ${CHECKS_PER_SECOND} checks and ${LOGINS_PER_SECOND} logins a second\n`)
  const head = ['', 'log-outs', 'accepted after', 'refused p50 ms', 'p99 ms', 'max ms', 'check p99']
  say(columns([head, ...rows]))
})
