// npm run bench [-- --quick] [-- --sessions --rounds=9 --node=PATH --json=FILE --svg=FILE]: what a
// request costs in CPU time of the server, against the targets.
const { writeFileSync } = require('node:fs')
const { runBounded } = require('./bounded')
const { canMeasure } = require('./cpu-time')
const { targetsChart } = require('./targets-chart')
const { CONNECTIONS } = require('./jobs')
const { createLoad } = require('./load')
const { loadAverage, machine, versionOf } = require('./machine')
const { readArguments } = require('./options')
const { resultsOf } = require('./results')
const { leadInMs, measure } = require('./rounds')
const { startSubjects } = require('./start-subjects')
const { SUBJECTS } = require('./subjects')
const { report } = require('./targets-report')
const { createTemporaryFolder } = require('./temporary-folder')

const FULL = { roundMs: 2000, warmUpMs: 8000 }
const QUICK = { roundMs: 700, warmUpMs: 2500 }
/** Starting nine servers, and filling two of their files. */
const START_MS = 120_000

const { quick, sessions, json, svg, node, rounds } = readArguments(process.argv.slice(2), {
  flags: ['quick', 'sessions'],
  texts: ['json', 'svg', 'node'],
  numbers: { rounds: { standard: 7, most: 49 } },
})
const pace = quick ? QUICK : FULL
const plannedMs =
  SUBJECTS.length * (pace.warmUpMs + rounds * (leadInMs(pace.roundMs) + pace.roundMs))

runBounded(plannedMs * 2 + START_MS, async atEnd => {
  if (!canMeasure()) throw new Error('CPU time is read from /proc, which this machine has not')
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const version = versionOf(node ?? process.execPath)
  const [load, besideLoad] = [createLoad(), createLoad()]
  atEnd(load.stop)
  atEnd(besideLoad.stop)
  const withSessions = sessions || !quick
  const started = await startSubjects({ folder: folder.path, node, load, withSessions, atEnd })
  const { servers, tokens, skipped } = started
  const subjects = SUBJECTS.filter(({ server }) => server in servers)
  const onRound = done => process.stderr.write(`round ${done} of ${rounds}\n`)
  const clients = { load, besideLoad }
  const all = await measure({ subjects, servers, tokens, ...clients, rounds, ...pace, onRound })

  const context = {
    machine: machine(version),
    node: version,
    isQuick: quick,
    roundMs: pace.roundMs,
    leadInMs: leadInMs(pace.roundMs),
    connections: CONNECTIONS,
    loadAverage: loadAverage(),
  }
  const results = resultsOf(all, context, skipped)
  process.stdout.write(`${report(results)}\n`)
  if (json) writeFileSync(json, `${JSON.stringify(results, undefined, 1)}\n`)
  if (svg) writeFileSync(svg, targetsChart([results]))
})
