// npm run bench:peers [-- --quick --rounds=9 --json=FILE]: CPU of a login and of a check at ours, at
// three tutorials' servers and at other packages, in turns.
const { writeFileSync } = require('node:fs')
const { runBounded } = require('./bounded')
const { CHECK, LOGIN, logIn } = require('./jobs')
const { createLoad } = require('./load')
const { loadAverage, machine } = require('./machine')
const { readArguments } = require('./options')
const { columns, range } = require('./report')
const { leadInMs, measure } = require('./rounds')
const { createServers } = require('./servers')
const { startPeers } = require('./start-peers')
const { spread } = require('./statistics')
const { createTemporaryFolder } = require('./temporary-folder')

const FULL = { roundMs: 1500, warmUpMs: 8000 }
const QUICK = { roundMs: 500, warmUpMs: 2500 }
const USERS = 1000
/** What all the others are compared with. */
const BASELINE = 'tutorial-jwt'
const OURS = [{ name: 'ours', title: 'miniprogram-login, durable', login: LOGIN, check: CHECK }]
/** Most of it is the installation of the peers. */
const START_MS = 400_000

const { quick, json, rounds } = readArguments(process.argv.slice(2), {
  flags: ['quick'],
  texts: ['json'],
  numbers: { rounds: { standard: 7, most: 49 } },
})
const pace = quick ? QUICK : FULL

const subjectsOf = peers =>
  peers.flatMap(({ name, login, check }) => [
    { name: `${name} login`, server: name, job: login },
    { name: `${name} check`, server: name, job: check },
  ])

function resultOf({ name, title }, all) {
  const of = (what, baseline) =>
    spread(
      all.map(
        round =>
          round[`${name} ${what}`].cpuUs / (baseline ? round[`${baseline} ${what}`].cpuUs : 1),
      ),
    )
  const figures = what => ({ cpuUs: of(what), ratio: of(what, BASELINE) })
  return { name, title, login: figures('login'), check: figures('check') }
}

function table(results) {
  const rows = results.map(({ title, login, check }) => [
    title,
    ...[login, check].flatMap(({ cpuUs, ratio }) => [range(cpuUs, 0), range(ratio, 2)]),
  ])
  return columns([['', 'login: CPU us', 'ratio', 'check: CPU us', 'ratio'], ...rows])
}

const plannedMs = 20 * (pace.warmUpMs + rounds * (leadInMs(pace.roundMs) + pace.roundMs))

runBounded(START_MS + plannedMs * 2, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const start = await createServers(folder.path, server => atEnd(server.stop))
  const load = createLoad()
  atEnd(load.stop)
  const wechatOf = () => ({ url: start.wechatUrl })
  const started = { start, folder: folder.path, wechatOf, ours: OURS }
  const { peers, skipped } = await startPeers(started)
  const servers = Object.fromEntries(peers.map(peer => [peer.name, peer]))
  const tokens = {}
  for (const { name, url, login } of peers) tokens[name] = await logIn(load, url, USERS, login)
  const subjects = subjectsOf(peers)
  const onRound = done => process.stderr.write(`round ${done} of ${rounds}\n`)
  const all = await measure({ subjects, load, servers, tokens, rounds, ...pace, onRound })

  const results = peers.map(peer => resultOf(peer, all))
  const context = {
    ...{ machine: machine(), loadAverage: loadAverage(), rounds, isQuick: quick },
    leadInMs: leadInMs(pace.roundMs),
  }
  process.stdout.write(
    `${context.machine}, load ${context.loadAverage.toFixed(1)}\n${rounds} rounds of ${pace.roundMs / 1000} s; ratio to the first row\n\n${table(results)}\n`,
  )
  if (json) {
    const file = { bench: 'peers', ...context, results, skipped }
    writeFileSync(json, `${JSON.stringify(file, undefined, 1)}\n`)
  }
})
