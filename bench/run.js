// npm run bench [-- --quick] [-- --rounds=9]: what a request costs, in CPU time of the server.
const { runBounded } = require('./bounded')
const { canMeasure } = require('./cpu-time')
const { CONNECTIONS, logIn } = require('./jobs')
const { createLoad } = require('./load')
const { machine } = require('./machine')
const { readNumber } = require('./options')
const { report } = require('./report')
const { measure } = require('./rounds')
const { createServers } = require('./servers')
const { SUBJECTS } = require('./subjects')
const { createTemporaryFolder } = require('./temporary-folder')

const FULL = { rounds: 5, roundMs: 3000, warmUpMs: 2000 }
const QUICK = { rounds: 2, roundMs: 800, warmUpMs: 400 }

const USERS = 2000

const say = text => process.stdout.write(`${text}\n`)

function readOptions(args) {
  const rest = args.filter(arg => arg !== '--quick')
  const standard = rest.length < args.length ? QUICK : FULL
  return {
    ...standard,
    rounds: readNumber(rest, 'rounds', { standard: standard.rounds, most: 49 }),
  }
}

const options = readOptions(process.argv.slice(2))
const plannedMs = SUBJECTS.length * (options.warmUpMs + options.rounds * options.roundMs)

runBounded(plannedMs * 2 + 60_000, async atEnd => {
  if (!canMeasure()) throw new Error('CPU time is read from /proc, which this machine has not')
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const start = await createServers(folder.path, server => atEnd(server.stop))
  const servers = {
    hello: await start.start('hello'),
    tutorial: await start.start('tutorial'),
    ours: await start.startOurs('ours'),
  }
  const load = createLoad()
  atEnd(load.stop)
  const tokens = await logIn(load, servers.ours.url, USERS)

  const { rounds, roundMs } = options
  say(machine())
  say(`${rounds} rounds of ${roundMs / 1000} s each, ${CONNECTIONS} connections, loopback`)
  const onRound = done => process.stderr.write(`round ${done} of ${rounds}\n`)
  const results = await measure({ load, servers, tokens, ...options, onRound })
  say(`\n${report(results)}`)
})
