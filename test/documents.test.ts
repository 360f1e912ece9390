import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERRORS, isErrorCode } from '../src/errors'

const read = (path: string) => readFileSync(join(__dirname, '..', path), 'utf8')
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
  const sources = readdirSync(join(__dirname, '../src/wx')).map(name => read(`src/wx/${name}`))
  const called = sources.flatMap(text => [...text.matchAll(/'(\/(?:sns|cgi-bin|wxa)\/[^']+)'/g)])
  const listed = [...read('docs/wechat.md').matchAll(/^\| `(?:GET|POST) (\S+)` \|/gm)]
  expect(listed.map(([, path]) => path).sort()).toEqual(called.map(([, path]) => path).sort())
})

test('docs/wechat.md and docs/errors.md name every errcode that the service knows', () => {
  const known = [...read('src/wx/errcode.ts').matchAll(/^ {2}\[?(-?\d+)\]?: \{/gm)]
  const text = read('docs/wechat.md') + read('docs/errors.md')
  expect(known.length).toBeGreaterThan(20)
  expect(known.map(([, code]) => code).filter(code => !text.includes(String(code)))).toEqual([])
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
  for (const path of [
    '/login',
    '/checklogin',
    '/refresh',
    '/logout',
    '/me',
    '/verify',
    '/decrypt',
  ]) {
    expect(text).toContain(path)
  }
  for (const path of ['/phone', '/checksession', '/internal/access-token']) {
    expect(text).toContain(path)
  }
  for (const path of ['/livez', '/readyz', '/healthz', '/auth', '/isAuth', '/wx/onlogin']) {
    expect(text).toContain(path)
  }
  expect(text).toContain('npm ci && npm start')
  expect(text).toContain('npm ci && npm test')
})

test.each([
  'README.md',
  'README.en.md',
  'SECURITY.md',
  'docs/errors.md',
  'docs/forward-auth.md',
  'docs/key-rotation.md',
  'docs/wechat.md',
  'docs/operations.md',
  'docs/simulator.md',
  'docs/users.md',
])('every file that %s links to is there', file => {
  const links = [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path)
  for (const path of links) expect(() => read(join(file, '..', String(path)))).not.toThrow()
})

describe('examples/nginx/login.conf', () => {
  const conf = read('examples/nginx/login.conf')

  test('lets through every route that is meant for the mini program, and no other', () => {
    const router = read('src/http/router.ts')
    const routes = [...router.matchAll(/\.route\('([^']+)'\)/g)].map(([, path]) => String(path))
    const inside = /^\/(verify|livez|healthz|readyz|metrics|openapi\.json|docs|internal)\b/
    const listed = /\(\?<login_route>([^)]+)\)/.exec(conf)?.[1]?.split('|') ?? []
    const outside = routes.filter(path => !inside.test(path))
    expect(outside.filter(path => !listed.includes(path.slice(1)))).toEqual([])
    expect(listed.filter(path => inside.test(`/${path}`))).toEqual([])
  })

  test('says every error in the words of errors.ts', () => {
    const said = [...conf.matchAll(/"error":"(\w+)","message":"([^"]+)","message_en":"([^"]+)"/g)]
    expect(said.length).toBeGreaterThan(5)
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
