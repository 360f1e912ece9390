import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ConfigError } from '../src/index'
import { createTestLogin } from '../src/testing'

const ROOT = join(__dirname, '..')

test('somebody is logged in by name: one name is one user, with the number that was shared', async () => {
  const { login, loginAs, close } = await createTestLogin()
  const first = await loginAs('alice', { phone: '13800001234', unionid: true })
  const again = await loginAs('alice')
  expect(again).toMatchObject({ userId: first.userId, openid: first.openid })
  expect((await loginAs('bob')).userId).not.toBe(first.userId)
  const user = await login.users.byId(first.userId)
  expect(user).toMatchObject({ phoneNumber: '13800001234', unionid: expect.any(String) })
  expect((await login.authenticate(first.token)).userId).toBe(first.userId)
  await close()
})

test('users who log in at one time have each what was asked for, though one before them fails', async () => {
  const { login, loginAs, close } = await createTestLogin()
  const failing = loginAs('nobody', { appid: 'wx9999999999999999' })
  const wanted = [true, false, true, false]
  const users = Promise.all(wanted.map((unionid, i) => loginAs(`user ${i}`, { unionid })))
  await expect(failing).rejects.toThrow()
  const found = await Promise.all((await users).map(({ userId }) => login.users.byId(userId)))
  expect(found.map(user => user?.unionid != null)).toEqual(wanted)
  await close()
})

test('several apps, hooks and a clock of one’s own are options as ever', async () => {
  const apps = {
    wx1111111111111111: 'f4c3b00c5117a7edf4c3b00c5117a7ed',
    wx2222222222222222: '5117a7ed5ec7e70005117a7ed5ec7e70',
  }
  const heard: string[] = []
  const hooks = { afterLogin: ({ appid }: { appid: string }) => void heard.push(appid) }
  const { loginAs, close } = await createTestLogin({ apps, hooks })
  await loginAs('alice', { appid: 'wx2222222222222222' })
  expect(heard).toEqual(['wx2222222222222222'])
  await close()
})

test('a weak secret fails with words', async () => {
  const refused = await createTestLogin({ jwtSecret: 'secret' }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ConfigError)
  expect(String(refused)).toMatch(/jwtSecret.*32 bytes/s)
})

/** Ends by itself, or the time-out ends it and the test fails. */
const run = (script: string) =>
  spawnSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8', timeout: 60_000 })

test.each([
  ['that forgets to close', "await (await createTestLogin()).loginAs('alice')"],
  ['whose secret is weak', "await createTestLogin({ jwtSecret: 'x' }).catch(() => {})"],
])('a process %s ends by itself', (_what, work) => {
  const script = `const { createTestLogin } = require('miniprogram-login/testing');
    (async () => { ${work}; console.log('done') })()`
  const { status, stdout, stderr } = run(script)
  expect([status, stdout.trim(), stderr]).toEqual([0, 'done', ''])
})

test('the whole example with jest and supertest passes, and ends by itself', () => {
  const config = JSON.stringify({
    rootDir: join(ROOT, 'examples/testing'),
    moduleNameMapper: { '^miniprogram-login/testing$': join(ROOT, 'dist/testing.js') },
  })
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js')
  const options = { encoding: 'utf8', stdio: 'pipe', timeout: 100_000 } as const
  execFileSync(process.execPath, [jest, '--config', config, '--runInBand'], options)
})
