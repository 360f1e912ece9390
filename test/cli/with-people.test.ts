import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../support/command-line'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())

test.each([
  ['memory:', 'only the server itself can reach what is there'],
  ['sqlite:./elsewhere/login.db', 'names the file ./elsewhere/login.db'],
])('%s is refused, and no file is made', async (DATABASE_URL, words) => {
  const { code, err } = await runCommand(['users', 'list'], {
    cwd: folder.path,
    env: { DATABASE_URL },
  })
  expect(code).toBe(1)
  expect(err).toContain(words)
  expect(existsSync(join(folder.path, 'elsewhere'))).toBe(false)
})

test('a database server that is down is told by the setting, without its password', async () => {
  const { code, err } = await runCommand(['users', 'list'], {
    cwd: folder.path,
    env: {
      DATABASE_URL: 'postgres://login:canary-pw@127.0.0.1:9/login',
      WX_SIMULATOR: 'on',
      TEST_PATIENCE: JSON.stringify({ startMs: 200, storeMs: 300 }),
    },
  })
  expect(code).toBe(1)
  expect(err).toContain('store_unavailable')
  expect(err).toContain('DATABASE_URL')
  expect(err).not.toContain('canary-pw')
})
