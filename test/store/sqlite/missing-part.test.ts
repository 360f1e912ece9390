import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { STRETCHED } from '../../support/patience'
import { JWT_SECRET, OTHER_APP } from '../../support/service'
import { temporaryFolder } from '../../support/temporary'

const PACKAGE = join(__dirname, '../../../dist/index.js')
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const hasSqlite = major > 22 || (major === 22 && minor >= 13)

/** A service as users write it, with a login that it answers itself. */
const program = (database: string) => `
  const { createApp } = require(${JSON.stringify(PACKAGE)})
  const { createSimulator } = require(${JSON.stringify(join(PACKAGE, '../simulator/index.js'))})
  async function main() {
    const apps = { '${OTHER_APP.appid}': '${OTHER_APP.secret}' }
    const simulator = createSimulator({ apps })
    const wxApiBaseUrl = await simulator.listen()
    const options = { apps, jwtSecret: '${JWT_SECRET}', database: '${database}', wxApiBaseUrl }
    Object.assign(options, { patience: ${JSON.stringify(STRETCHED)}, wxTimeoutMs: 30000 })
    const { app } = await createApp(options)
    const server = app.listen(0, '127.0.0.1', async () => {
      const url = 'http://127.0.0.1:' + server.address().port + '/login'
      const body = JSON.stringify({ code: simulator.mintCode() })
      const headers = { 'Content-Type': 'application/json' }
      console.log((await fetch(url, { method: 'POST', headers, body })).status)
      process.exit()
    })
  }
  main().catch(error => {
    console.log(error.message)
    process.exit(1)
  })
`

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

/** Bundles such a service by esbuild and runs it. */
async function runBundle(database: string, external: string[]) {
  const entry = join(folder.path, 'shop.js')
  const outfile = join(folder.path, 'out/shop.js')
  writeFileSync(entry, program(database))
  const options = { bundle: true, platform: 'node', logLevel: 'silent' } as const
  await build({ ...options, entryPoints: [entry], outfile, external })
  rmSync(entry)
  const { status, stdout } = spawnSync(process.execPath, [outfile], {
    cwd: folder.path,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NODE_PATH: join(__dirname, '../../../node_modules') },
  })
  return { code: status, output: stdout }
}

test('a bundle without the writing thread’s program is refused at its start: what is missing, and the fix', async () => {
  const ran = await runBundle('sqlite:./login.db', ['@photostructure/sqlite'])
  expect(ran.code).toBe(1)
  expect(ran.output).toContain('DATABASE_URL (database): the program of the thread that writes')
  expect(ran.output).toContain(join(folder.path, 'out/writer.js'))
  expect(ran.output).toContain('--external:miniprogram-login')
})

test('so is one that took the program along, but nothing that the program loads', async () => {
  mkdirSync(join(folder.path, 'out'))
  const script = join(PACKAGE, '../store/sqlite/writer.js')
  copyFileSync(script, join(folder.path, 'out/writer.js'))
  const ran = await runBundle('sqlite:./login.db', ['@photostructure/sqlite'])
  expect(ran.code).toBe(1)
  expect(ran.output).toContain('DATABASE_URL (database): the program of the thread that writes')
})

const testWithoutSqlite = hasSqlite ? test.skip : test
testWithoutSqlite('on Node 20 a bundle without SQLite’s binary is refused likewise', async () => {
  const ran = await runBundle('sqlite:./login.db', [])
  expect(ran.code).toBe(1)
  expect(ran.output).toContain("SQLite's binary for Node 20")
  expect(ran.output).toContain('npm rebuild @photostructure/sqlite')
  expect(ran.output).not.toContain('permissions')
})

test('a bundle that leaves the package whole logs in, and one with another database is whole by itself', async () => {
  expect(await runBundle('sqlite:./login.db', [PACKAGE])).toMatchObject({
    code: 0,
    output: '200\n',
  })
  expect(await runBundle('memory:', [])).toMatchObject({ code: 0, output: '200\n' })
})

test('a bundle takes along the drivers that are installed: the database is asked for, not the package', async () => {
  const { output } = await runBundle('postgres://127.0.0.1:1/nobody', [])
  expect(output).toBe('503\n')
})
