const { columns, range } = require('./report')

/** What `npm run bench:scale` prints. */
function report(result) {
  const { machine, rounds, roundMs, people, connectionsAt, isQuick, loadAverage, skipped } = result
  const notes = [
    `${machine}, load ${loadAverage.toFixed(1)}`,
    `${rounds} rounds of ${roundMs / 1000} s; ${people} people at random; a server's memories of sessions and tokens are smaller in proportion`,
    `connections: at ${connectionsAt} sessions, all open before a round begins`,
    ...(isQuick ? ['A quick run: its brackets are wide.'] : []),
    ...Object.entries(skipped).map(([name, why]) => `Left out: ${name} (${why}).`),
  ]
  return [notes.join('\n'), linesOf(result, 'sessions'), linesOf(result, 'connections')].join(
    '\n\n',
  )
}

function linesOf({ stores }, what) {
  const rows = stores.flatMap(({ title, [what]: points }) =>
    points.map(({ at, hitShare, cpuUs, storeUs, refusedShare, ratio, perSecond, p99Ms }) => [
      title,
      String(at),
      hitShare === undefined ? '' : `${(hitShare * 100).toFixed(1)} %`,
      range(cpuUs, 1),
      range(ratio, 2),
      storeUs.median.toFixed(1),
      perSecond.median.toFixed(0),
      p99Ms.median.toFixed(1),
      `${(refusedShare.median * 100).toFixed(1)} %`,
    ]),
  )
  const head = [
    '',
    what,
    'known sessions',
    'CPU us/check',
    'ratio',
    'store us',
    'checks/s',
    'p99 ms',
    'refused',
  ]
  return columns([head, ...rows])
}

module.exports = { report }
