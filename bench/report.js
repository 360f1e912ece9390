const { figure, ratio } = require('./statistics')
const { SUBJECTS } = require('./subjects')

/** The goals were set for Node 20: Express itself is several times cheaper on Node 24. */
const GOAL_NODE = 20

/** Everything that was measured, as text for people. */
function report(rounds) {
  return [table(rounds), comparisons(rounds), verdicts(rounds)].join('\n\n')
}

function table(rounds) {
  const rows = SUBJECTS.map(({ name }) => {
    const of = field => figure(rounds, name, field)
    return [
      name,
      range(of('cpuUs'), 1),
      of('perSecond').median.toFixed(0),
      `${(of('busy').median * 100).toFixed(0)} %`,
      of('p50Ms').median.toFixed(1),
      of('p99Ms').median.toFixed(1),
    ]
  })
  return columns([['', 'CPU us/request', 'requests/s', 'busy', 'p50 ms', 'p99 ms'], ...rows])
}

function comparisons(rounds) {
  const rows = SUBJECTS.flatMap(({ name, against = [] }) =>
    against.map(baseline => [name, range(ratio(rounds, name, baseline), 2), `x ${baseline}`]),
  )
  return columns([['', 'CPU ratio', 'against'], ...rows])
}

function verdicts(rounds) {
  if (Number(process.versions.node.split('.')[0]) !== GOAL_NODE) {
    return `The goals are for Node ${GOAL_NODE}: no verdict on ${process.version}.`
  }
  return SUBJECTS.filter(({ goal }) => goal)
    .map(({ name, goal }) => {
      const { median } = ratio(rounds, name, goal.against)
      const verdict = median <= goal.ratio ? 'holds' : 'MISSED'
      const what = `${plain(name)} <= ${goal.ratio.toFixed(2)} x ${plain(goal.against)}`
      return `${verdict}: ${what} (${median.toFixed(2)} x)`
    })
    .join('\n')
}

const plain = name => name.replace(/\s+/g, ' ')

/** A figure with how far it reached over the rounds. */
const range = ({ median, min, max }, digits) =>
  `${median.toFixed(digits)} [${min.toFixed(digits)}-${max.toFixed(digits)}]`

function columns(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)))
  return rows
    .map(row => row.map((cell, column) => cell.padEnd(widths[column])).join('  '))
    .map(line => line.trimEnd())
    .join('\n')
}

module.exports = { columns, range, report }
