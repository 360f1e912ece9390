import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXAMPLES } from '../observe/examples'

const ROOT = join(__dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const page = read('docs/nights.md')
const rules = read('examples/monitoring/rules.yml')
const dashboard: { panels: { title: string }[] } = JSON.parse(
  read('examples/monitoring/dashboard.json'),
)
const { shortened } = require('../../bench/nights/shortened.js')

test('docs/nights.md has six nights, and all but the stolen phone set off an alert', () => {
  const nights = page.split(/^## /m).slice(1)
  expect(nights).toHaveLength(6)
  const silent = nights.filter(night => !/^\| `\w+` \| .* \| \d+:\d\d \| \d+:\d\d \|$/m.test(night))
  expect(silent.map(night => night.split('\n')[0])).toEqual(['6. 手机被偷 / A stolen phone'])
})

test('every alert, panel and event of docs/nights.md is one that there is', () => {
  const alerts = [...page.matchAll(/^\| `([A-Z]\w+)` \|/gm)].map(([, name]) => name)
  expect(alerts.length).toBeGreaterThan(7)
  expect(alerts.filter(name => !rules.includes(`alert: ${name}\n`))).toEqual([])
  const tables = [...page.matchAll(/dashboard\.\*\*\n\n[^\n]+\n[^\n]+\n((?:\|[^\n]+\n)+)/g)]
  const rows = tables.flatMap(([, table]) => String(table).trim().split('\n'))
  expect(rows.length).toBeGreaterThan(20)
  const titles = dashboard.panels.map(({ title }) => title)
  expect(rows.filter(row => !titles.some(title => row.includes(title)))).toEqual([])
  const events = [...page.matchAll(/"event":"([\w.]+)"/g)].map(([, event]) => String(event))
  expect(events.length).toBeGreaterThan(8)
  expect(events.filter(event => !(event in EXAMPLES))).toEqual([])
})

test('rules of a shorter night differ in their times alone', () => {
  const text = 'rate(a{b="5m"}[5m]) > 0.1 \n for: 3m\n increase(a[1h])'
  expect(shortened(text, 1)).toBe(text)
  expect(shortened(text, 10)).toBe('rate(a{b="5m"}[30s]) > 0.1 \n for: 18s\n increase(a[360s])')
})
