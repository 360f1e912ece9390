import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERRORS, isErrorCode } from '../../src/errors'

import { ROUTES } from '../../src/http/routes'

import { MEANINGS } from '../../src/wx/errcode'

const read = (path: string) => readFileSync(join(__dirname, '../..', path), 'utf8')
const manifest = JSON.parse(read('package.json'))

test('docs/errors.md lists every error with its status and action, and no other', () => {
  const rows = [...read('docs/errors.md').matchAll(/^\| (\d{3}) \| `(\w+)` \| `(\w+)` \|/gm)]
  const listed = rows.map(([, status, code, action]) => `${status} ${code} ${action}`)
  const real = Object.entries(ERRORS).map(
    ([code, { status, action }]) => `${status} ${code} ${action}`,
  )
  expect(listed.sort()).toEqual(real.sort())
})

test('docs/wechat.md lists every API of WeChat that is called, and no other', () => {
  const sources = readdirSync(join(__dirname, '../../src/wx')).map(name => read(`src/wx/${name}`))
  const called = sources.flatMap(text => [...text.matchAll(/'(\/(?:sns|cgi-bin|wxa)\/[^']+)'/g)])
  const listed = [...read('docs/wechat.md').matchAll(/^\| `(?:GET|POST) (\S+)` \|/gm)]
  expect(listed.map(([, path]) => path).sort()).toEqual(called.map(([, path]) => path).sort())
})

test('docs/wechat.md and docs/errors.md name every errcode that the service knows', () => {
  const known = Object.keys(MEANINGS)
  const text = read('docs/wechat.md') + read('docs/errors.md')
  expect(known.length).toBeGreaterThan(20)
  expect(known.filter(errcode => !text.includes(errcode))).toEqual([])
})

test('docs/dependencies.md gives a reason for every dependency, and for no other', () => {
  const listed = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \|/gm)].map(([, n]) => n)
  const real = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)]
  expect(listed.sort()).toEqual(real.sort())
})

test('CHANGELOG.md speaks of the version that package.json has', () => {
  expect(read('CHANGELOG.md')).toContain(`## ${manifest.version}`)
})

test.each(['README.md', 'README.en.md'])('%s names every route and the two commands', file => {
  const text = read(file)
  for (const { path } of ROUTES) expect(text).toContain(path)
  expect(text).toContain('npm ci && npm start')
  expect(text).toContain('npm ci && npm test')
})

test.each([
  'README.md',
  'README.en.md',
  'SECURITY.md',
  'docs/asvs.md',
  'docs/cloud-hosting.md',
  'docs/deploy.md',
  'docs/wrong-configurations.md',
  'docs/cli.md',
  'docs/errors.md',
  'docs/events.md',
  'docs/forward-auth.md',
  'docs/key-rotation.md',
  'docs/library.md',
  'docs/migration.md',
  'docs/wechat.md',
  'docs/wechat-route.md',
  'docs/metrics.md',
  'docs/mutants.md',
  'docs/nights.md',
  'docs/openapi.md',
  'docs/operations.md',
  'docs/playground.md',
  'docs/other-languages.md',
  'docs/performance.md',
  'docs/privacy.md',
  'docs/promises.md',
  'docs/reliability.md',
  'docs/runbook.md',
  'docs/supply-chain.md',
  'docs/simulator.md',
  'docs/users.md',
  'docs/who-is-asking.md',
])('every file that %s links to is there', file => {
  const links = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path)
  for (const path of links) expect(() => read(join(file, '..', String(path)))).not.toThrow()
})

test('every test that docs/deploy-cases.md and docs/deploy.md name is there', () => {
  const text = read('docs/deploy-cases.md') + read('docs/deploy.md')
  const named = [...text.matchAll(/`(test\/[\w/-]+\.test\.ts)`/g)].map(([, file]) => String(file))
  expect(named.length).toBeGreaterThan(25)
  for (const file of named) expect(() => read(file)).not.toThrow()
})

describe.each([
  'examples/nginx/login.conf',
  'examples/gateways/caddy/Caddyfile',
  'examples/gateways/haproxy/haproxy.cfg',
  'examples/gateways/apache/login.conf',
])('%s', file => {
  // Apache's words stand beside its configuration.
  const conf =
    read(file) + (file.includes('apache') ? read('examples/gateways/apache/login.lua') : '')

  test('lets through every route that is meant for the mini program, and no other', () => {
    const routes = ROUTES.map(({ path }) => path)
    const inside =
      /^\/(verify|livez|healthz|readyz|metrics|openapi\.json|docs|internal|\.well-known)\b/
    const listed = /\((?:\?<login_route>)?(login\|[^)]+)\)/.exec(conf)?.[1]?.split('|') ?? []
    const outside = routes.filter(path => !inside.test(path))
    const asPattern = (path: string) => path.slice(1).replace(/:\w+/g, '[\\w-]+')
    const isListed = (path: string) =>
      [asPattern(path), asPattern(path).replace('\\w', 'A-Za-z0-9_')].some(p => listed.includes(p))
    expect(outside.filter(path => !isListed(path))).toEqual([])
    expect(listed.filter(path => inside.test(`/${path}`))).toEqual([])
  })

  test('says every error in the words of errors.ts', () => {
    const said = [...conf.matchAll(/"error":"(\w+)","message":"([^"]+)","message_en":"([^"]+)"/g)]
    expect(said.length).toBeGreaterThan(1)
    for (const [, code, zh, en] of said) {
      if (isErrorCode(code)) expect({ code, zh, en }).toMatchObject(wordsOf(code))
    }
  })
})

function wordsOf(code: keyof typeof ERRORS) {
  const { zh, en } = ERRORS[code]
  return { zh, en }
}

test('the code in docs/users.md is examples/several-apps.mts, which the type check reads', () => {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(read('docs/users.md')) ?? []
  expect(code).toBe(read('examples/several-apps.mts'))
})
