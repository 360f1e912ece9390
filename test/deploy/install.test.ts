import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { JWT_SECRET, OTHER_APP } from '../support/service'
import { temporaryFolder } from '../support/temporary'
import { copyTree, ROOT, run } from './tree'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const PRODUCTION = {
  NODE_ENV: 'production',
  WX_APPID: OTHER_APP.appid,
  WX_SECRET: OTHER_APP.secret,
  JWT_SECRET,
  ADOPT_USERS: 'off',
}

test('npm ci --omit=dev in a fresh clone succeeds, and says in words how to build', () => {
  const clone = copyTree(folder.path)
  const { code, output } = run('npm', ['ci', '--omit=dev'], clone)
  expect([code, output]).toEqual([0, expect.stringContaining('npm prune --omit=dev')])
  expect(output).toContain('there is no dist/ yet')
  expect(existsSync(join(clone, 'node_modules/typescript'))).toBe(false)

  const unbuilt = run('npm', ['start'], clone)
  expect(unbuilt.code).toBe(1)
  expect(unbuilt.output).toContain('To build:  npm ci && npm run build')
  expect(unbuilt.output).not.toContain('MODULE_NOT_FOUND')

  // With the build of somebody else, such as an earlier stage of an image, it runs.
  cpSync(join(ROOT, 'dist'), join(clone, 'dist'), { recursive: true })
  const noDriver = run('npm', ['start'], clone, {
    ...PRODUCTION,
    DATABASE_URL: 'postgres://127.0.0.1/login',
  })
  expect(noDriver.code).toBe(1)
  const [, fix] = /in a clone: (npm install [^)]+)\)/.exec(noDriver.output) ?? []
  expect(fix).toBe('npm install --no-save --save-prod --omit=dev pg')

  const [npm = '', ...words] = String(fix).split(' ')
  expect(run(npm, words, clone)).toMatchObject({ code: 0 })
  expect(existsSync(join(clone, 'node_modules/pg'))).toBe(true)
  expect(existsSync(join(clone, 'node_modules/typescript'))).toBe(false)
}, 300_000)

test('the packed tarball installs into another project, which logs somebody in', () => {
  const packed = run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder.path], ROOT)
  expect(packed.code).toBe(0)
  const [tarball = ''] = readdirSync(folder.path).filter(name => name.endsWith('.tgz'))
  const project = join(folder.path, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{"name":"shop","private":true}')
  const installed = run('npm', ['install', '--omit=dev', join('..', tarball)], project)
  expect([installed.code, installed.output]).toEqual([0, expect.any(String)])
  expect(installed.output).not.toContain('nothing was built')
  // The optional drivers are the business of whoever uses them.
  expect(existsSync(join(project, 'node_modules/pg'))).toBe(false)
  expect(existsSync(join(project, 'node_modules/.bin/wechat-simulator'))).toBe(true)

  writeFileSync(join(project, 'shop.cjs'), SHOP)
  const shop = run(process.execPath, ['shop.cjs'], project)
  expect([shop.code, shop.output]).toEqual([0, expect.stringContaining('"is_login":true')])

  const server = join(project, 'node_modules/miniprogram-login/dist/server/main.js')
  const refused = run(process.execPath, [server], project, { NODE_ENV: 'production' })
  expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('WX_APPID, WX_SECRET') })
}, 300_000)

/** A project that mounts the package, logs in against the simulator, and asks whether it holds. */
const SHOP = `
const express = require('miniprogram-login/package.json') && require('express')
const { createLogin } = require('miniprogram-login')
const { createSimulator } = require('miniprogram-login/simulator')
async function main() {
  const simulator = createSimulator({ apps: { '${OTHER_APP.appid}': '${OTHER_APP.secret}' } })
  const wxApiBaseUrl = await simulator.listen()
  const login = await createLogin({
    apps: { '${OTHER_APP.appid}': '${OTHER_APP.secret}' },
    jwtSecret: '${JWT_SECRET}',
    database: 'sqlite:./login.db',
    wxApiBaseUrl,
  })
  const app = express()
  app.use(login.router)
  const server = app.listen(0, '127.0.0.1', async () => {
    const url = 'http://127.0.0.1:' + server.address().port
    const headers = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ code: simulator.mintCode() })
    const { token } = await (await fetch(url + '/login', { method: 'POST', headers, body })).json()
    console.log(await (await fetch(url + '/checklogin?token=' + token)).text())
    server.close()
    server.closeAllConnections()
    await login.close()
    await simulator.close()
  })
}
main()
`
