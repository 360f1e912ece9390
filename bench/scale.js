// npm run bench:scale [-- --quick --sessions --rounds=5 --stores=sqlite,redis --json=FILE --svg=FILE]:
// CPU of a check from 10^3 to 10^6 sessions and from 16 to 4,096 connections, on SQLite, PostgreSQL
// and Redis.
const { writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { runBounded } = require('./bounded')
const { canMeasure } = require('./cpu-time')
const { isInstalled } = require('./databases')
const { CHECK, PATIENT_LOGIN, logIn } = require('./jobs')
const { createLoad } = require('./load')
const { loadAverage, machine } = require('./machine')
const { readArguments } = require('./options')
const { leadInMs, measure } = require('./rounds')
const { report } = require('./scale-report')
const { resultOf } = require('./scale-results')
const { scaleChart } = require('./scale-chart')
const { STORES } = require('./scale-stores')
const { createServers } = require('./servers')
const { createTemporaryFolder } = require('./temporary-folder')

const FULL = { roundMs: 1500, warmUpMs: 3000, sizes: [1e3, 1e4, 1e5, 1e6], people: 10_000 }
const QUICK = { roundMs: 600, warmUpMs: 1500, sizes: [1e3, 1e4, 1e5], people: 2000 }
const CONNECTIONS = [16, 64, 256, 1024, 4096]
/** Connections are varied at so many sessions. */
const MIDDLE = 1e4
/** Logins of the people, and the copies of their sessions, at one store. */
const FILL_MS = 300_000

const notice = text => process.stderr.write(`${text}\n`)
const {
  quick,
  sessions,
  json,
  svg,
  stores: wanted,
  rounds,
} = readArguments(process.argv.slice(2), {
  flags: ['quick', 'sessions'],
  texts: ['json', 'svg', 'stores'],
  numbers: { rounds: { standard: 5, most: 25 } },
})
const pace = quick ? { ...QUICK, sizes: sessions ? FULL.sizes : QUICK.sizes } : FULL
const subjectsAt = pace.sizes.length + CONNECTIONS.length
const roundsMs = subjectsAt * (pace.warmUpMs + rounds * (leadInMs(pace.roundMs) + pace.roundMs))

/**
 * A check by somebody at random: nobody comes more often than others. Where thousands wait at ten
 * connections of a database, some wait too long and are refused; the report says how many.
 */
const JOB = { ...CHECK, isRandom: true, opensFirst: true, mayRefuse: true, mostRefused: 20 }
/** On a busy machine more are refused; here it only matters that all come in at last. */
const LOGIN = { ...PATIENT_LOGIN, mostRefused: 20 }
const nameOf = (store, sessions) => `${store.name}-${sessions}`

const subjectsOf = store => [
  ...pace.sizes.map(sessions => ({
    name: `sessions ${sessions}`,
    server: nameOf(store, sessions),
    job: JOB,
  })),
  ...CONNECTIONS.map(connections => ({
    name: `connections ${connections}`,
    server: nameOf(store, MIDDLE),
    job: JOB,
    connections,
  })),
]

/** Logs everybody in at one instance; a busy machine needs several turns for it. */
async function logAllIn(load, url, people) {
  const tokens = []
  while (tokens.length < people) {
    const more = await logIn(load, url, people - tokens.length, LOGIN)
    if (more.length === 0) throw new Error('nobody could log in')
    tokens.push(...more)
  }
  return tokens
}

/** One instance on so many sessions, of which some belong to people who can log in. */
async function startFilled({ start, load, store, opened, sessions }) {
  const people = Math.min(sessions, pace.people)
  const name = nameOf(store, sessions)
  const settings = opened.settingsOf(name)
  const first = await start.startOurs(name, settings)
  const tokens = await logAllIn(load, first.url, people)
  await first.stop()
  if (sessions > people) await opened.fill(name, sessions - people)
  const server = await start.startOurs(name, {
    ...settings,
    NODE_OPTIONS: `--require=${join(__dirname, 'smaller-cache.js')}`,
    BENCH_CACHE_SHARE: String(people / sessions),
  })
  return { server: { ...server, storePid: opened.storePid }, tokens }
}

/** All rounds at one store, whose servers are stopped before the next one's. */
async function measureStore(store, { folder, load, atEnd }) {
  const opened = await store.open({ folder, atEnd })
  const start = await createServers(folder, server => atEnd(server.stop))
  const [servers, tokens] = [{}, {}]
  for (const sessions of pace.sizes) {
    notice(`${store.title}: filling ${sessions} sessions`)
    const filled = await startFilled({ start, load, store, opened, sessions })
    const name = nameOf(store, sessions)
    servers[name] = filled.server
    tokens[name] = filled.tokens
  }
  const onRound = done => notice(`${store.title}: round ${done} of ${rounds}`)
  const subjects = subjectsOf(store)
  const all = await measure({ subjects, load, servers, tokens, rounds, ...pace, onRound })
  for (const server of Object.values(servers)) await server.stop()
  return resultOf(store, all, { sizes: pace.sizes, connections: CONNECTIONS })
}

runBounded(STORES.length * (FILL_MS + roundsMs * 2), async atEnd => {
  if (!canMeasure()) throw new Error('CPU time is read from /proc, which this machine has not')
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const load = createLoad()
  atEnd(load.stop)
  const skipped = {}
  const stores = []
  for (const store of STORES) {
    if (wanted && !wanted.split(',').includes(store.name)) skipped[store.title] = 'not asked for'
    else if (store.needs && !isInstalled(store.needs)) {
      skipped[store.title] = `${store.needs} is not installed`
      notice(`LEFT OUT: ${store.title}: ${skipped[store.title]}`)
    } else stores.push(await measureStore(store, { folder: folder.path, load, atEnd }))
  }
  const result = {
    bench: 'scale',
    machine: machine(),
    loadAverage: loadAverage(),
    isQuick: quick,
    rounds,
    roundMs: pace.roundMs,
    leadInMs: leadInMs(pace.roundMs),
    people: pace.people,
    connectionsAt: MIDDLE,
    stores,
    skipped,
  }
  process.stdout.write(`${report(result)}\n`)
  if (json) writeFileSync(json, `${JSON.stringify(result, undefined, 1)}\n`)
  if (svg) writeFileSync(svg, scaleChart(result))
})
