const { columns, range } = require('./report')
const { verdictOf } = require('./results')

/** Other programs that ran meanwhile make every bracket wide. The bench itself keeps two or three busy. */
const BUSY = 4

/** The targets, then what each subject cost, as text for people. */
function report(results) {
  return [notes(results), targets(results), figures(results)].join('\n\n')
}

function notes({ machine, rounds, roundMs, connections, isQuick, loadAverage, skipped }) {
  return [
    machine,
    `${rounds} rounds of ${roundMs / 1000} s each, ${connections} connections, loopback; CPU of all threads of the server`,
    ...(isQuick
      ? ['A quick run: its brackets are wide, and its figures are for a look only.']
      : []),
    ...(loadAverage > BUSY
      ? [`The machine was busy (load ${loadAverage.toFixed(1)}): repeat it on a quiet one.`]
      : []),
    ...Object.entries(skipped).map(([name, why]) => `Left out: ${name} (${why}).`),
  ].join('\n')
}

const plain = ({ en }) => en.replaceAll('`', '')

function targets({ targets }) {
  const rows = targets.map(target => {
    const { work, against, goal, ratio } = target
    return [
      plain(work),
      `against ${plain(against)}`,
      goal === undefined ? '' : `<= ${goal.toFixed(2)}`,
      ratio ? range(ratio, 2) : '',
      verdictOf(target),
    ]
  })
  return columns([['CPU of', '', 'target', 'ratio', ''], ...rows, START])
}

/** Start and memory are another bench's, for they need a process for each sample. */
const START = [
  'start to first 200, RSS idle',
  'against bare Express 5',
  '',
  '',
  'npm run bench:start',
]

function figures({ figures }) {
  const rows = figures.map(({ title, cpuUs, perSecond, busy, p50Ms, p99Ms }) => [
    title,
    range(cpuUs, 1),
    perSecond.median.toFixed(0),
    `${(busy.median * 100).toFixed(0)} %`,
    p50Ms.median.toFixed(1),
    p99Ms.median.toFixed(1),
  ])
  return columns([['', 'CPU us/request', 'requests/s', 'busy', 'p50 ms', 'p99 ms'], ...rows])
}

module.exports = { report }
