const { readFileSync } = require('node:fs')
const { join } = require('node:path')

const FILE = join(__dirname, '../../examples/monitoring/dashboard.json')
const { panels } = JSON.parse(readFileSync(FILE, 'utf8'))

/** A panel's title, after that of its row where several rows have a panel of this title. */
function titleOf(panel) {
  const isAlone = panels.filter(({ title }) => title === panel.title).length === 1
  if (isAlone) return panel.title
  const before = panels.slice(0, panels.indexOf(panel))
  return `${before.findLast(({ type }) => type === 'row').title} · ${panel.title}`
}

/** What the panels of the dashboard with these ids show now: a value by panel and legend. */
async function look(prometheus, ids) {
  const seen = new Map()
  for (const id of ids) {
    const panel = panels.find(each => each.id === id)
    for (const { expr, legendFormat } of panel.targets) {
      const query = expr.replaceAll('$app', '.*')
      for (const { labels, value } of await prometheus.values(query)) {
        const legend = legendFormat.replace(/\{\{(\w+)\}\}/g, (_, name) => labels[name] ?? '')
        seen.set(`${titleOf(panel)}${legend && `: ${legend}`}`, inWords(value, panel))
      }
    }
  }
  return seen
}

function inWords(value, { fieldConfig }) {
  if (Number.isNaN(value)) return '–'
  const { unit } = fieldConfig.defaults
  if (unit === 'percentunit') return `${(value * 100).toFixed(1)} %`
  if (unit === 's') return value < 1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(2)} s`
  return value.toFixed(2).replace(/\.?0+$/, '')
}

/** A row for each value that was not nothing at some time: before, during, after. */
function compare(...looks) {
  const names = new Set(looks.flatMap(seen => [...seen.keys()]))
  const rows = [...names].map(name => [name, ...looks.map(seen => seen.get(name) ?? '–')])
  return rows.filter(([, ...values]) => values.some(value => !['–', '0'].includes(value)))
}

module.exports = { compare, look }
