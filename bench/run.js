// npm run bench [-- --quick] [-- --rounds=9]: what a request costs, in CPU time of the server.
const { canMeasure } = require('./cpu-time')
const { createLoad } = require('./load')
const { machine } = require('./machine')
const { report } = require('./report')
const { CONNECTIONS, logIn, measure } = require('./rounds')
const { startServers } = require('./servers')
const { SUBJECTS } = require('./subjects')
const { createTemporaryFolder } = require('./temporary-folder')

const FULL = { rounds: 5, roundMs: 3000, warmUpMs: 2000 }
const QUICK = { rounds: 2, roundMs: 800, warmUpMs: 400 }

const say = text => process.stdout.write(`${text}\n`)

function readOptions(args) {
  const options = { ...(args.includes('--quick') ? QUICK : FULL) }
  for (const arg of args) {
    const rounds = /^--rounds=([1-9]|[1-4]\d)$/.exec(arg)?.[1]
    if (rounds) options.rounds = Number(rounds)
    else if (arg !== '--quick') throw new Error(`what is ${arg}? There are --quick and --rounds=n`)
  }
  return options
}

async function main() {
  const options = readOptions(process.argv.slice(2))
  if (!canMeasure()) throw new Error('CPU time is read from /proc, which this machine has not')
  const cleanUps = []
  let cleaned
  const cleanUp = () => {
    cleaned ??= (async () => {
      for (const undo of cleanUps.reverse()) await undo()
    })()
    return cleaned
  }
  const giveUp = reason => {
    process.stderr.write(`bench: ${reason}\n`)
    cleanUp().finally(() => process.exit(1))
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => giveUp(signal))
  const plannedMs = SUBJECTS.length * (options.warmUpMs + options.rounds * options.roundMs)
  const watchdog = setTimeout(() => giveUp('took far too long'), plannedMs * 2 + 60_000)

  try {
    const folder = createTemporaryFolder()
    cleanUps.push(folder.remove)
    const servers = await startServers(folder.path, server => cleanUps.push(server.stop))
    const load = createLoad()
    cleanUps.push(load.stop)
    const tokens = await logIn(load, servers)

    const { rounds, roundMs } = options
    say(machine())
    say(`${rounds} rounds of ${roundMs / 1000} s each, ${CONNECTIONS} connections, loopback`)
    const onRound = done => process.stderr.write(`round ${done} of ${rounds}\n`)
    const results = await measure({ load, servers, tokens, ...options, onRound })
    say(`\n${report(results)}`)
  } finally {
    clearTimeout(watchdog)
    await cleanUp()
  }
}

main().catch(error => {
  process.stderr.write(`bench: ${error.message}\n`)
  process.exitCode = 1
})
