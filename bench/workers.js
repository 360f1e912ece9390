// npm run bench:workers [-- --rounds=9]: what a second process brings on a machine with two cores.
const os = require('node:os')
const { runBounded } = require('./bounded')
const { cpuSeconds } = require('./cpu-time')
const { CHECK, logIn } = require('./jobs')
const { createLoad } = require('./load')
const { machine } = require('./machine')
const { readNumber } = require('./options')
const { childrenOf } = require('./processes')
const { columns, range } = require('./report')
const { createServers } = require('./servers')
const { percentile, spread } = require('./statistics')
const { createTemporaryFolder } = require('./temporary-folder')

const PROCESSES = [1, 2]
const CONNECTIONS = 128
const USERS = 2000
const ROUND_MS = 3000
const WARM_UP_MS = 2000
/** Set for two cores that nobody else uses; the load generator has to live on them, too. */
const GOAL = 1.75

const say = text => process.stdout.write(`${text}\n`)
const rounds = readNumber(process.argv.slice(2), 'rounds', { standard: 7, most: 11 })

runBounded(90_000, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const servers = await createServers(folder.path, server => atEnd(server.stop))
  const load = createLoad()
  atEnd(load.stop)
  const subjects = []
  for (const processes of PROCESSES) {
    const { url, pid } = await servers.startOurs(`${processes}`, { WORKERS: String(processes) })
    const pids = [pid, ...childrenOf(pid)]
    subjects.push({ processes, pids, url, tokens: await logIn(load, url, USERS), samples: [] })
  }
  const sample = async ({ pids, url, tokens }, ms) => {
    const cpu = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)
    const [cpuBefore, start] = [cpu(), performance.now()]
    const { latencies } = await load.run({ url, ...CHECK, tokens, connections: CONNECTIONS, ms })
    return {
      cpu: ((cpu() - cpuBefore) * 1e6) / latencies.length,
      perSecond: (latencies.length * 1000) / (performance.now() - start),
      p50: percentile(latencies, 50),
      p99: percentile(latencies, 99),
    }
  }
  for (const subject of subjects) await sample(subject, WARM_UP_MS)
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) subject.samples.push(await sample(subject, ROUND_MS))
  }

  say(`${machine()}\n${os.availableParallelism()} cores, shared with the load generator`)
  say(`GET /checklogin, SQLite, ${CONNECTIONS} connections, ${rounds} interleaved rounds\n`)
  const figure = (samples, field) => spread(samples.map(each => each[field]))
  say(
    columns([
      ['processes', 'requests/s', 'CPU us/request', 'p50 ms', 'p99 ms'],
      ...subjects.map(({ processes, samples }) => [
        String(processes),
        range(figure(samples, 'perSecond'), 0),
        range(figure(samples, 'cpu'), 1),
        range(figure(samples, 'p50'), 1),
        range(figure(samples, 'p99'), 1),
      ]),
    ]),
  )
  const [one, two] = subjects.map(({ samples }) => samples)
  // The generator takes a core from two processes and none from one: without it, what would they do?
  const apart = spread(two.map(({ cpu }, round) => (2 * one[round].cpu) / cpu))
  const gain = spread(two.map(({ perSecond }, round) => perSecond / one[round].perSecond))
  const verdict = gain.median >= GOAL ? 'holds' : 'MISSED'
  say(`\n${verdict}: two processes >= ${GOAL} x one (${range(gain, 2)} x)`)
  say(`by CPU per request alone, as if the generator ran elsewhere: ${range(apart, 2)} x`)
})
