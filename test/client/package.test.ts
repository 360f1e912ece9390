import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { minifySync, transformSync } from '@swc/core'
import type * as Client from '../../client/miniprogram_dist'
import { ERRORS, type ErrorCode } from '../../src/errors'
import { circlesIn, functionsIn, localImportsOf, readSources } from '../support/source'

interface Callbacks {
  fail(error: object): void
}

const ROOT = join(__dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const manifest = JSON.parse(read('client/package.json'))
const code = read('client/miniprogram_dist/index.js')

const packed = (): { path: string }[] => {
  const options = { cwd: join(ROOT, 'client'), encoding: 'utf8', stdio: 'pipe' } as const
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const answer = JSON.parse(execFileSync('npm', args, options))
  return (Array.isArray(answer) ? answer : Object.values(answer))[0].files
}

test('the client is 4 KB at the most, minified and gzipped', () => {
  const options = { compress: { passes: 3 }, mangle: { toplevel: true } }
  const { code: small } = minifySync(code, { ...options, ecma: 2017 } as never)
  expect(gzipSync(small, { level: 9 }).length).toBeLessThanOrEqual(4096)
})

test('it needs no other package, and WeChat’s builder copies its folder as it is', () => {
  expect(Object.keys(manifest).filter(name => /dependencies/i.test(name))).toEqual([])
  expect(manifest.miniprogram).toBe('miniprogram_dist')
  expect(manifest.main).toBe('miniprogram_dist/index.js')
  expect(manifest.types).toBe('miniprogram_dist/index.d.ts')
  expect(manifest.version).toBe(JSON.parse(read('package.json')).version)
  expect(code).not.toMatch(/\b(require|import)\b ?\(/)
})

test('its package holds one file of code with its types, and words', () => {
  expect(
    packed()
      .map(({ path }) => path)
      .sort(),
  ).toEqual([
    'LICENSE',
    'README.md',
    'miniprogram_dist/index.d.ts',
    'miniprogram_dist/index.js',
    'package.json',
  ])
})

test('the server’s package is none for WeChat’s builder: it would pack express as well', () => {
  const server = JSON.parse(read('package.json'))
  expect(server).not.toHaveProperty('miniprogram')
  expect(server.files.filter((path: string) => path.startsWith('miniprogram'))).toEqual([])
})

test('it uses nothing that a phone of ES2017 lacks', () => {
  const written = (target: 'es2017' | 'es2023') => transformSync(code, { jsc: { target } }).code
  expect(written('es2017')).toBe(written('es2023'))
  // No polyfill comes with DevTools.
  expect(code).not.toMatch(/\.(finally|flat|flatMap|fromEntries|replaceAll|at|allSettled)\(/)
  expect(code).not.toMatch(/\b(URL|URLSearchParams|AbortController|structuredClone|fetch)\b/)
})

test('it works when DevTools has put it into ES5, errors too', async () => {
  const { code: old } = transformSync(code, { jsc: { target: 'es5' } })
  expect(old).not.toMatch(/=>|\bawait |^ *class /m)
  const module = {} as typeof Client
  new Function('exports', old)(module)
  const wx = { request: jest.fn(), login: (o: Callbacks) => o.fail({ errMsg: 'login:fail' }) }
  const storage = { getStorageSync: () => '', setStorageSync() {}, removeStorageSync() {} }
  const login = module.createClient({ baseUrl: 'https://x.test', wx: { ...wx, ...storage } })
  const error: unknown = await login.ready.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(module.LoginClientError)
  expect(error).toMatchObject({ name: 'LoginClientError', code: 'network', action: 'retry' })
})

test('it keeps no module scope waiting: loading it does nothing', () => {
  const script = `const before = process.getActiveResourcesInfo().length
    const client = require('./client')
    console.log(Object.keys(client).join(), process.getActiveResourcesInfo().length - before)`
  const out = execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' })
  expect(out).toBe('createClient,LoginClientError 0\n')
})

test('its sources keep the limits of src: 300 lines a file, 40 a function, imports in one direction', () => {
  const sources = readSources(join(ROOT, 'client/src'))
  const long = sources.filter(({ text }) => text.split('\n').length > 301)
  const functions = sources.flatMap(functionsIn).filter(({ lines }) => lines > 40)
  expect([...long, ...functions]).toEqual([])
  const imports = new Map(sources.map(each => [each.path, localImportsOf(each, sources)]))
  expect(circlesIn(imports)).toEqual([])
})

test('every error of the server’s has a type in the client', () => {
  // The type check says it at compile time; the text says it here.
  const codes = Object.keys(ERRORS) as ErrorCode[] satisfies Client.LoginClientErrorCode[]
  const types = read('client/miniprogram_dist/index.d.ts')
  expect(codes.filter(each => !types.includes(`'${each}'`))).toEqual([])
})
