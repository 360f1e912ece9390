import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkSettings, withoutPassword } from '../../../src/cli/checks/settings'
import { temporaryFolder } from '../../support/temporary'

const SECRET = 'q3Vb7xLw0ZrTn5KdYf2Hs9Jm4Gc8Pe6A'
const APP_SECRET = '5117a7ed5ec7e7005117a7ed5ec7e700'
const folder = temporaryFolder()
const file = join(folder.path, '.env')
afterAll(() => folder.remove())
const check = (text: string, env: Record<string, string> = {}) => {
  writeFileSync(file, text, { mode: 0o600 })
  return checkSettings(file, env)
}

test('it says where each value came from, and shows no secret', () => {
  const { checks, config } = check(
    `JWT_SECRET=${SECRET}\nWX_APPS={"wx5ec7e70000000001":"${APP_SECRET}"}\nPORT=1\nDATABASE_URL=postgres://me:canary-pw@db/login?sslmode=require\n`,
    { PORT: '8080' },
  )
  expect(checks.map(({ status }) => status)).toEqual(['ok', 'ok'])
  expect(checks[0]?.found.split('\n').sort()).toEqual([
    expect.stringMatching(/^DATABASE_URL {2}postgres:\/\/me@db\/login\?… {2}\(\.env\)$/),
    expect.stringMatching(/^JWT_SECRET {2}SHA-256 [0-9a-f]{8} {2}\(\.env\)$/),
    'PORT  8080  (环境变量 environment)',
    'WX_APPS  wx5ec7e70000000001  (.env)',
  ])
  expect(JSON.stringify(checks)).not.toMatch(new RegExp(`${SECRET}|${APP_SECRET}|canary`))
  expect(config?.server.port).toBe(8080)
})

test('a secret in a file is told by the file', () => {
  const secretFile = join(folder.path, 'jwt')
  writeFileSync(secretFile, SECRET)
  const { checks } = check('', { JWT_SECRET_FILE: secretFile })
  expect(checks[0]?.found).toContain(`JWT_SECRET  ${secretFile}  (JWT_SECRET_FILE,`)
})

test('every problem is a failure with its name, and no value is shown', () => {
  const { checks, config } = check('PORT=canary\nTOKEN_TTL_SECONDS=canary\n')
  const failed = checks.filter(({ status }) => status === 'fail')
  expect(failed.map(({ found }) => found.split(':')[0]).sort()).toEqual([
    'PORT',
    'TOKEN_TTL_SECONDS',
  ])
  expect(config).toBeUndefined()
})

test('a .env that cannot be read is a failure', () => {
  expect(check('what is this\n').checks).toEqual([
    expect.objectContaining({ name: 'settings', status: 'fail' }),
  ])
})

test('what the server warns of is a warning, a development secret too', () => {
  const { checks } = check('WX_API_BASE_URL=http://127.0.0.1:9\n')
  const warned = checks.filter(({ status }) => status === 'warn')
  expect(warned.map(({ name }) => name)).toEqual(['settings', 'jwt_secret'])
})

test.each([
  ['redis://:canary@host:6379/0', 'redis://host:6379/0'],
  ['http://u:canary@proxy:3128', 'http://u@proxy:3128/'],
  ['postgres://u:can#ary@[db', 'postgres://…'],
  ['sqlite:./data/login.db', 'sqlite:./data/login.db'],
  ['canary', '…'],
])('of %s is shown %s', (text, shown) => {
  expect(withoutPassword(text)).toBe(shown)
})
