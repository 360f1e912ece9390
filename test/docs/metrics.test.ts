import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLogin } from '../../src/index'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { readMetrics } from '../support/metrics'
import { JWT_SECRET } from '../support/secrets'

const page = readFileSync(join(__dirname, '../../docs/metrics.md'), 'utf8')
const PREFIX = 'miniprogram_login_'

test('docs/metrics.md lists every metric with its labels, and no other', async () => {
  const { appid, secret } = SIMULATOR_APP
  const silent = { info() {}, warn() {}, error() {} }
  const settings = { apps: { [appid]: secret }, jwtSecret: JWT_SECRET, log: silent }
  const login = await createLogin({
    ...settings,
    database: 'memory:',
    wxApiBaseUrl: 'http://127.0.0.1:1',
  })
  const series = [...readMetrics(await login.metrics()).keys()]
  await login.close()
  const real = series.map(name => {
    const [, family = '', labels = ''] =
      /^(\w+?)(?:_bucket|_sum|_count)?(?:\{(.*)\})?$/.exec(name) ?? []
    const names = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label)
    return [family.replace(PREFIX, ''), ...names.filter(label => label !== 'le')].join(' ')
  })
  const rows = [...page.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)]
  const listed = rows.map(([, name, labels]) =>
    [name, ...String(labels).matchAll(/`(\w+)`/g)]
      .map(part => (Array.isArray(part) ? part[1] : part))
      .join(' '),
  )
  expect(listed.sort()).toEqual([...new Set(real)].sort())
})
