// npm run bench:docs -- A.json [B.json …]: writes the figures of benches into docs/performance.md and
// their pictures into docs/figures. The files are those of `--json`.
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { between } = require('../scripts/between')
const { scaleChart } = require('./scale-chart')
const { scaleTable } = require('./scale-table')
const { targetsChart } = require('./targets-chart')
const { targetsTable } = require('./targets-table')

const DOCS = join(__dirname, '../docs')
/** By what `bench` of a JSON file says: its place in the document, and its picture. */
const PARTS = {
  targets: {
    says: '各目标的 CPU 倍数 / the CPU ratio of each target',
    tableOf: targetsTable,
    chartOf: targetsChart,
  },
  scale: {
    says: '一次检查的 CPU，随会话数与连接数 / CPU of a check by sessions and by connections',
    tableOf: ([result]) => scaleTable(result),
    chartOf: ([result]) => scaleChart(result),
  },
}

/**
 * The document with these results in it, and the pictures by name. A part of which no result is
 * given stays as it is.
 */
function withFigures(document, results) {
  const charts = {}
  let text = document
  for (const [bench, { says, tableOf, chartOf }] of Object.entries(PARTS)) {
    const those = results.filter(each => each.bench === bench)
    if (those.length === 0) continue
    const picture = `![${says}](figures/${bench}.svg)`
    text = between(text, bench, `${tableOf(those)}\n\n${picture}`)
    charts[`${bench}.svg`] = chartOf(those)
  }
  const strangers = results.filter(({ bench }) => !Object.hasOwn(PARTS, bench))
  if (strangers.length > 0) throw new Error(`no place for the figures of ${strangers[0].bench}`)
  return { text, charts }
}

if (require.main === module) {
  const files = process.argv.slice(2)
  if (files.length === 0) throw new Error('which? npm run bench:docs -- A.json [B.json …]')
  const results = files.map(file => JSON.parse(readFileSync(file, 'utf8')))
  const page = join(DOCS, 'performance.md')
  const { text, charts } = withFigures(readFileSync(page, 'utf8'), results)
  writeFileSync(page, text)
  mkdirSync(join(DOCS, 'figures'), { recursive: true })
  for (const [name, chart] of Object.entries(charts)) {
    writeFileSync(join(DOCS, 'figures', name), chart)
  }
}

module.exports = { withFigures }
