import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLogin } from '../../src/index'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { available, PROGRAMS } from '../support/databases'
import { readMetrics } from '../support/metrics'
import { JWT_SECRET } from '../support/secrets'
import { temporaryFolder } from '../support/temporary'

const FOLDER = join(__dirname, '../../examples/monitoring')
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8')
const rules = read('rules.yml')
const tests = read('rules.test.yml')
const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => String(name))

interface Panel {
  readonly type: string
  readonly targets?: readonly { readonly expr: string }[]
}
const dashboard: { panels: Panel[] } = JSON.parse(read('dashboard.json'))
const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

let series: string
beforeAll(async () => {
  const login = await createLogin({
    apps: { [SIMULATOR_APP.appid]: SIMULATOR_APP.secret },
    jwtSecret: JWT_SECRET,
    database: 'memory:',
    wxApiBaseUrl: 'http://127.0.0.1:1',
    log: { info() {}, warn() {}, error() {} },
  })
  series = [...readMetrics(await login.metrics()).keys()].join('\n')
  await login.close()
})

/** The metrics that a text asks for, and the values of labels that it names. */
const metricsIn = (text: string) =>
  [...text.matchAll(/miniprogram_login_\w+/g)].map(([name]) => name)
const exactIn = (text: string) =>
  [...text.matchAll(/\b(outcome|operation|errcode|status|api)=~?"([^"$]+)"/g)].flatMap(
    ([, label, values]) =>
      String(values)
        .split('|')
        .map(value => `${label}="${value}"`),
  )

test('alerts and dashboard ask for metrics that there are, by values that those have', () => {
  const expressions = [...rules.matchAll(/expr:([\s\S]*?)\n {8}(?:for|labels):/g)].map(([, e]) => e)
  expect(expressions).toHaveLength(alerts.length)
  const asked = [...expressions, ...queries].join('\n')
  expect(metricsIn(asked).length).toBeGreaterThan(40)
  expect(metricsIn(asked).filter(name => !series.includes(name))).toEqual([])
  const missing = exactIn(asked).filter(pair => !series.includes(pair))
  // `5..` stands for every status of a fault of ours.
  expect(missing.filter(pair => pair !== 'status="5.."')).toEqual([])
})

test('every metric is on the dashboard: a number that nobody looks at is not counted for anybody', () => {
  const printed = new Set(metricsIn(series).map(name => name.replace(/_(bucket|sum|count)$/, '')))
  const shown = metricsIn(queries.join('\n')).map(name => name.replace(/_bucket$/, ''))
  expect([...printed].filter(name => !shown.includes(name))).toEqual([])
})

test('each alert is tried with what sets it off and with what must not, and is explained', () => {
  const readme = read('README.md')
  for (const alert of alerts) {
    expect(tests).toContain(`name: "${alert} fires: `)
    expect(tests).toContain(`name: "${alert} is silent: `)
    expect(readme).toContain(`| \`${alert}\` |`)
  }
})

const promtool = available('promtool') ? test : test.skip
const run = (...args: string[]) => execFileSync(String(PROGRAMS.promtool), args, { cwd: FOLDER })

promtool('promtool finds the rules well-formed, and their tests green', () => {
  run('check', 'rules', 'rules.yml')
  run('test', 'rules', 'rules.test.yml')
})

promtool('promtool reads the scrape configuration, and every query of the dashboard', () => {
  run('check', 'config', '--syntax-only', 'prometheus.yml')
  const { path, remove } = temporaryFolder()
  const rows = queries.map((expr, i) => {
    const filled = expr.replaceAll('$app', '.*')
    return `      - { record: 'panel:${i}', expr: ${JSON.stringify(filled)} }`
  })
  const file = join(path, 'queries.yml')
  writeFileSync(file, ['groups:', '  - name: dashboard', '    rules:', ...rows, ''].join('\n'))
  run('check', 'rules', file)
  remove()
})
