import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../support/command-line'
import { available, freePort } from '../support/databases'
import { startServer } from '../support/server-process'
import { sharedDatabase } from '../support/shared-servers/database'
import { temporaryFolder } from '../support/temporary'

const SECRET = 'q3Vb7xLw0ZrTn5KdYf2Hs9Jm4Gc8Pe6A'
let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
  writeFileSync(join(folder.path, '.env'), `JWT_SECRET=${SECRET}\n`)
})
afterEach(() => folder.remove())
const copy = (args: string[], env = {}) =>
  runCommand(['store', 'copy', ...args], { cwd: folder.path, env })

async function logIn(url: string, code: string): Promise<string> {
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code }),
  })
  return ((await answer.json()) as { token: string }).token
}

async function me(url: string, token: string): Promise<unknown> {
  const answer = await fetch(`${url}/me`, { headers: { Authorization: `Bearer ${token}` } })
  return answer.json()
}

async function move(to: string) {
  const before = await startServer({}, folder.path)
  const token = await logIn(before.url, 'sim-alice-1')
  const alice = await me(before.url, token)
  await before.stop()

  const { code, out, err } = await copy(['DATABASE_URL', 'NEW_DATABASE_URL', '--json'], {
    NEW_DATABASE_URL: to,
  })
  expect({ code, out: out && JSON.parse(out) }).toEqual({
    code: 0,
    out: { users: 1, sessions: 1, compared: 3 },
  })
  expect(err).toContain('copied: users 1, sessions 1')

  const after = await startServer({ DATABASE_URL: to, WX_SIMULATOR: 'on' }, folder.path)
  expect(await me(after.url, token)).toEqual(alice)
  expect(await me(after.url, await logIn(after.url, 'sim-alice-2'))).toMatchObject({
    id: (alice as { id: string }).id,
  })
  await after.stop()
}

test('a service that moves to another file goes on with its users and their sessions', async () => {
  await move('sqlite:./elsewhere/new.db')
})

const withPostgres = available('postgres') ? test : test.skip
withPostgres(
  'a service that began on SQLite moves to PostgreSQL, and nobody is logged out',
  async () => {
    await move((await sharedDatabase('postgres')).url)
  },
)

test('a target that is not empty is refused: exit 1', async () => {
  const server = await startServer({}, folder.path)
  await logIn(server.url, 'sim-bob-1')
  await server.stop()
  await copy(['DATABASE_URL', 'sqlite:./new.db'])
  const { code, out, err } = await copy(['DATABASE_URL', 'sqlite:./new.db'])
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain('the target is not empty')
  expect((await copy(['DATABASE_URL', 'sqlite:./new.db', '--resume'])).code).toBe(0)
})

test('a development secret is called to mind: without it nobody could log in', async () => {
  writeFileSync(join(folder.path, '.env'), '')
  const server = await startServer({}, folder.path)
  await server.stop()
  expect((await copy(['DATABASE_URL', 'sqlite:./new.db'])).err).toContain('set JWT_SECRET')
})

test.each([
  [['DATABASE_URL']],
  [['DATABASE_URL', 'postgres://u:canary@127.0.0.1/x']],
  [['DATABASE_URL', 'NOT_SET']],
  [['DATABASE_URL', 'DATABASE_URL']],
  [['DATABASE_URL', 'memory:']],
  [['DATABASE_URL', 'oracle://host/x']],
])('%j is wrong usage: exit 2, and no password is shown', async args => {
  const { code, out, err } = await copy(args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).not.toContain('canary')
})

test('a source that is not there and a target that is down are told by their names', async () => {
  const missing = await copy(['sqlite:./nowhere.db', 'sqlite:./new.db'])
  expect(missing.code).toBe(1)
  expect(missing.err).toContain('which is not there')
  mkdirSync(join(folder.path, 'data'))
  const server = await startServer({}, folder.path)
  await server.stop()
  const down = await copy(['DATABASE_URL', 'TARGET'], {
    TARGET: `postgres://u:canary@127.0.0.1:${await freePort()}/x`,
    TEST_PATIENCE: JSON.stringify({ startMs: 200 }),
  })
  expect(down.code).toBe(1)
  expect(down.err).toContain('DATABASE_URL')
  expect(down.err).not.toContain('canary')
})
