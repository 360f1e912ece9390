import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import express from 'express'
import { ConfigError, createLogin, ERRORS, LoginError } from '../src/index'
import { STRETCHED } from './support/patience'
import { HOSTS, JWT_SECRET, type Service, startService } from './support/service'
import { temporaryFolder } from './support/temporary'

const ROOT = join(__dirname, '..')
const apps = { wx0000000000000000: '5117a7ed5ec7e70005117a7ed5ec7e70' }

describe.each(HOSTS.slice(1))('inside somebody’s own app (%s)', host => {
  let service: Service
  const seen: unknown[] = []

  beforeAll(async () => {
    service = await startService({
      host,
      routes(app, login) {
        app.get('/orders', login.required, (req, res) => {
          const { sessionKey, ...who } = req.login
          seen.push({ ...who, sessionKey: sessionKey() })
          res.json({ orders: [], of: req.login.userId })
        })
        app.post('/echo', express.json(), login.required, (req, res) => void res.json(req.body))
      },
    })
  })
  afterAll(() => service.close())

  test('a guarded route knows who asks, typed, down to the session_key that stays here', async () => {
    service.simulator.setUnionidBound('wx0000000000000000', true)
    const { token } = await service.logIn('grace')
    const { openid, unionid, sessionKey } = service.simulator.user('grace')
    const { body } = await service.http
      .get('/orders')
      .set('Authorization', `Bearer ${token}`)
      .expect(200)
    expect(seen.at(-1)).toEqual({
      userId: body.of,
      openid,
      unionid,
      appid: 'wx0000000000000000',
      sessionId: expect.stringMatching(/^[\w-]{32}$/),
      sessionKey,
    })
  })

  test('the guard answers by itself in our error shape, before the host’s handler', async () => {
    const before = seen.length
    const { body, headers } = await service.http.get('/orders').expect(401)
    expect(body.error).toBe('token_missing')
    expect(headers['www-authenticate']).toBe('Bearer')
    expect(seen).toHaveLength(before)
  })

  test('the host keeps its own routes, its own 404 and its own body parser', async () => {
    expect((await service.http.get('/hello').expect(200)).body).toEqual({ hello: 'host' })
    const missing = await service.http.get(`${service.prefix}/nowhere`).expect(404)
    expect(missing.body).not.toHaveProperty('error')
    const { token } = await service.logIn()
    const echo = await service.http.post('/echo').set('token', token).send({ a: 1 }).expect(200)
    expect(echo.body).toEqual({ a: 1 })
  })
})

test('a host that parses JSON before us is no obstacle', async () => {
  const service = await startService()
  const login = await createLogin({
    apps,
    jwtSecret: JWT_SECRET,
    database: 'memory:',
    wxApiBaseUrl: service.simulator.url,
    patience: STRETCHED,
  })
  const app = express().use(express.json()).use(login.router)
  const server = app.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const answer = await fetch(`http://127.0.0.1:${port}/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code: service.simulator.mintCode() }),
  })
  expect(answer.status).toBe(200)
  server.closeAllConnections()
  server.close()
  await login.close()
  await service.close()
})

test('bad options are refused together, by name', async () => {
  const wrong = createLogin({ apps: {}, jwtSecret: 'short', database: 'memory:' })
  await expect(wrong).rejects.toBeInstanceOf(ConfigError)
  await expect(wrong).rejects.toMatchObject({
    problems: [{ name: 'apps' }, { name: 'jwtSecret' }],
  })
})

test('its errors are to be switched on by code', () => {
  const error = new LoginError('code_used')
  expect(error).toBeInstanceOf(Error)
  expect(error.code).toBe('code_used')
  expect(ERRORS[error.code].status).toBe(400)
})

describe('the package', () => {
  const folder = temporaryFolder()
  afterAll(() => folder.remove())

  const run = (name: string, code: string): string => {
    const file = join(folder.path, name)
    writeFileSync(file, code.replaceAll('miniprogram-login', ROOT))
    return execFileSync(process.execPath, [file], { encoding: 'utf8' })
  }

  test('is imported by name from CommonJS and from ESM, with the same names', () => {
    const names = 'createLogin, createApp, LoginError, ERRORS, ConfigError'
    const print = `console.log([${names}].map(x => typeof x).join())`
    const cjs = execFileSync(
      process.execPath,
      ['-e', `const { ${names} } = require('miniprogram-login'); ${print}`],
      { cwd: ROOT, encoding: 'utf8' },
    )
    const esm = execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { ${names} } from 'miniprogram-login'
         import { createSimulator } from 'miniprogram-login/simulator'
         if (typeof createSimulator !== 'function') throw new Error('no simulator')
         ${print}`,
      ],
      { cwd: ROOT, encoding: 'utf8' },
    )
    expect(cjs).toBe('function,function,function,object,function\n')
    expect(esm).toBe(cjs)
  })

  test('when imported reads no environment, opens nothing and starts no timer', () => {
    const out = run(
      'quiet.cjs',
      `const read = []
       process.env = new Proxy({}, { get: (_, name) => void read.push(String(name)), has: (_, name) => void read.push(String(name)) })
       require('miniprogram-login')
       const ours = read.filter(name => /^(WX_|JWT_|PORT|HOST|DATABASE|REDIS|LOG_|RATE|TRUST|TOKEN|SESSION|INTERNAL)/.test(name))
       console.log(JSON.stringify({ ours, active: process.getActiveResourcesInfo() }))`,
    )
    const { ours, active } = JSON.parse(out)
    expect(ours).toEqual([])
    expect(active.filter((name: string) => name !== 'TTYWrap' && name !== 'PipeWrap')).toEqual([])
  })

  test('lets a script end by itself once it was closed', () => {
    const out = run(
      'close.cjs',
      `const { createLogin } = require('miniprogram-login')
       createLogin({ apps: ${JSON.stringify(apps)}, jwtSecret: '${JWT_SECRET}', database: 'sqlite:${folder.path}/x.db' })
         .then(login => login.close()).then(() => console.log('closed'))`,
    )
    expect(out).toBe('closed\n')
  })

  test('ships what it needs and nothing else', () => {
    const packed = JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
        cwd: ROOT,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    )
    const [{ files }] = Array.isArray(packed) ? packed : Object.values(packed)
    const paths: string[] = files.map(({ path }: { path: string }) => path)
    expect(paths).toEqual(
      expect.arrayContaining([
        'dist/index.js',
        'dist/index.d.ts',
        'dist/server/main.js',
        'dist/store/sqlite/writer.js',
        'dist/playground/page/index.html',
        'dist/playground/page/main.mjs',
        'dist/simulator/main.js',
        'dist/cli/main.js',
        'client/miniprogram_dist/index.js',
        'client/miniprogram_dist/index.d.ts',
        'README.md',
        'LICENSE',
      ]),
    )
    expect(paths.filter(path => /^(src|test|bench|data)\/|\.env$/.test(path))).toEqual([])
    // A source map without its source helps nobody, and what tsc prints reads like its source.
    expect(paths.filter(path => path.endsWith('.map'))).toEqual([])
    expect(readFileSync(join(ROOT, 'dist/index.js'), 'utf8')).not.toContain('sourceMappingURL')
  })
})
