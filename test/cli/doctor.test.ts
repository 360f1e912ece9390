import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSimulator, SIMULATOR_APP } from '../../src/simulator'
import { runCommand } from '../support/command-line'
import { freePort } from '../support/databases'
import { startServer } from '../support/server-process'
import { temporaryFolder } from '../support/temporary'

const SECRET = 'q3Vb7xLw0ZrTn5KdYf2Hs9Jm4Gc8Pe6A'
let folder: ReturnType<typeof temporaryFolder>
let port: number
beforeEach(async () => {
  folder = temporaryFolder()
  port = await freePort()
})
afterEach(() => folder.remove())
const doctor = (...args: string[]) => runCommand(['doctor', ...args], { cwd: folder.path })
const write = (text: string) =>
  writeFileSync(join(folder.path, '.env'), `PORT=${port}\nWX_TIMEOUT_MS=30000\n${text}`, {
    mode: 0o600,
  })

/** Name and content of every file in the folder, but for what SQLite keeps while a file is open. */
const files = () =>
  readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !/-(wal|shm)$/.test(entry.name))
    .map(({ parentPath, name }) => {
      const hash = createHash('sha256').update(readFileSync(join(parentPath, name)))
      return `${name} ${hash.digest('hex')}`
    })
    .sort()

test('a service that is well: exit 0, every check ok, nothing changed, no secret shown', async () => {
  const simulator = createSimulator()
  await simulator.listen()
  write(
    `JWT_SECRET=${SECRET}\nWX_APPID=${SIMULATOR_APP.appid}\nWX_SECRET=${SIMULATOR_APP.secret}\nWX_API_BASE_URL=${simulator.url}\n`,
  )
  const server = await startServer({ PORT: String(port) }, folder.path)
  await server.stop()
  const before = files()
  const { code, out, err } = await doctor('--json')
  const { ok, checks } = JSON.parse(out)
  expect({ code, ok, err }).toMatchObject({ code: 0, ok: true })
  const failed = checks.filter(({ status }: { status: string }) => status === 'fail')
  expect(failed).toEqual([])
  const names = new Set(checks.map(({ name }: { name: string }) => name))
  expect([...names].sort()).toEqual([
    'clock',
    'credentials',
    'data_key',
    'database',
    'disk',
    'files',
    'origins',
    'schema',
    'server',
    'settings',
    'tls',
  ])
  expect(out + err).not.toMatch(new RegExp(`${SECRET}|${SIMULATOR_APP.secret}`))
  expect(files()).toEqual(before)
  await simulator.close()
})

test('what is wrong is told in words, with the fix, and exits with 1', async () => {
  write(
    `JWT_SECRET=${SECRET}\nWX_APPID=${SIMULATOR_APP.appid}\nWX_SECRET=${SIMULATOR_APP.secret}\nWX_API_BASE_URL=http://127.0.0.1:${await freePort()}\n`,
  )
  const { code, out, err } = await doctor()
  expect(code).toBe(1)
  expect(out).toMatch(/^✗ credentials .*\(ECONNREFUSED\)\n {13}→ .* see dns, proxy and tls above/m)
  expect(err).toContain('1 failed')
})

test('settings that cannot be used are all told, and nothing else is tried', async () => {
  write('TOKEN_TTL_SECONDS=soon\nJWT_SECRET=short\n')
  const { code, out } = await doctor('--json')
  expect(code).toBe(1)
  const { checks } = JSON.parse(out)
  expect(checks.map(({ name, status }: Record<string, string>) => `${name} ${status}`)).toEqual([
    'origins ok',
    'settings fail',
    'settings fail',
  ])
})

test('a folder with nothing in it is a beginner’s, and stays empty', async () => {
  const { code, out } = await runCommand(['doctor'], {
    cwd: folder.path,
    env: { PORT: String(port) },
  })
  expect(code).toBe(0)
  expect(out).toContain('! wechat')
  expect(files()).toEqual([])
})
