const { range } = require('./report')
const { verdictOf } = require('./results')

const VERDICTS = {
  holds: '达到 / holds',
  missed: '**没有达到 / missed**',
  'no goal': '没有目标 / no goal',
  'not measured': '没有测 / not measured',
}

/** Results of `npm run bench`, such as one for each Node, as they stand in docs/performance.md. */
function targetsTable(results) {
  return [runs(results), targets(results), figures(results)].join('\n\n')
}

const nameOf = ({ node }) => `Node ${node.slice(1)}`
const row = cells => `| ${cells.join(' | ')} |`
const table = ([head, ...rows]) =>
  [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n')

/** What each column was measured on. */
function runs(results) {
  const each = results.map(result => {
    const { machine, rounds, roundMs, connections, loadAverage, isQuick } = result
    const pace = `${rounds} × ${roundMs / 1000} s, ${connections} 个连接 connections, load ${loadAverage.toFixed(1)}`
    const quick = isQuick ? '；**短测，只供一看 / a quick run, for a look only**' : ''
    return `- ${machine}；${pace}${quick}`
  })
  return each.join('\n')
}

function targets(results) {
  const rows = results[0].targets.map(({ id, work, against }) => [
    `${work.zh} ${work.en === work.zh ? '' : `/ ${work.en} `}`.trim(),
    `${against.zh} / ${against.en}`,
    ...results.flatMap(result => {
      const target = result.targets.find(each => each.id === id)
      const { goal, ratio } = target
      return [
        goal === undefined ? '–' : `≤ ${goal.toFixed(2)}`,
        ratio ? `${range(ratio, 2)} ${VERDICTS[verdictOf(target)]}` : VERDICTS['not measured'],
      ]
    }),
  ])
  const heads = results.flatMap(result => ['目标 / target', nameOf(result)])
  return table([['CPU', '÷', ...heads], ...rows])
}

function figures(results) {
  const rows = results[0].figures.map(({ name, title }) => [
    title,
    ...results.flatMap(result => {
      const figure = result.figures.find(each => each.name === name)
      if (!figure) return ['–', '–', '–']
      const { cpuUs, perSecond, p99Ms } = figure
      return [range(cpuUs, 0), perSecond.median.toFixed(0), p99Ms.median.toFixed(1)]
    }),
  ])
  const heads = results.flatMap(result => [`${nameOf(result)}: CPU µs`, '次/秒 a second', 'p99 ms'])
  return table([['请求 / request', ...heads], ...rows])
}

module.exports = { table, targetsTable }
