const { range } = require('./report')
const { table } = require('./targets-table')

/** The result of `npm run bench:scale`, as it stands in docs/performance.md. */
function scaleTable(result) {
  const { machine, rounds, roundMs, people, connectionsAt, isQuick, loadAverage } = result
  const quick = isQuick ? '；**短测，只供一看 / a quick run, for a look only**' : ''
  const notes = [
    `${machine}；${rounds} × ${roundMs / 1000} s，load ${loadAverage.toFixed(1)}；${people} 人随机 people at random${quick}`,
    `连接数一表：${connectionsAt} 个会话 / connections: at ${connectionsAt} sessions`,
  ]
  const list = notes.map(note => `- ${note}`).join('\n')
  return [
    list,
    tableOf(result, 'sessions', SESSIONS),
    tableOf(result, 'connections', CONNECTIONS),
  ].join('\n\n')
}

const SESSIONS = {
  head: ['会话 / sessions', '记住的会话 / sessions remembered'],
  cells: ({ at, hitShare }) => [String(at), `${(hitShare * 100).toFixed(1)} %`],
}
const CONNECTIONS = { head: ['连接 / connections'], cells: ({ at }) => [String(at)] }

function tableOf({ stores }, what, { head, cells }) {
  const rows = stores.flatMap(({ title, [what]: points }) =>
    points.map(point => [
      title,
      ...cells(point),
      range(point.cpuUs, 0),
      range(point.ratio, 2),
      point.storeUs.median.toFixed(0),
      point.p50Ms.median.toFixed(1),
      point.p99Ms.median.toFixed(1),
      `${(point.refusedShare.median * 100).toFixed(1)} %`,
    ]),
  )
  const figures = ['CPU µs', '÷ 第一行 / the first', '存储 µs / store', 'p50 ms', 'p99 ms', '503']
  return table([['存储 / store', ...head, ...figures], ...rows])
}

module.exports = { scaleTable }
