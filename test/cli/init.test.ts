import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withEnvFile } from '../../src/config/env-file'
import { envExample } from '../../src/config/option-tables'
import { readEnvironment } from '../../src/config/read-environment'
import { runCommand } from '../support/command-line'
import { temporaryFolder } from '../support/temporary'

let folder: ReturnType<typeof temporaryFolder>
let file: string
beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder.path, '.env')
})
afterEach(() => folder.remove())
const init = () => runCommand(['init'], { cwd: folder.path })
const secretIn = (path: string) => withEnvFile(path, {}).JWT_SECRET

test('init writes a .env for its owner alone, with a strong secret that it does not print', async () => {
  const { code, out, err } = await init()
  expect({ code, out }).toEqual({ code: 0, out: '' })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const secret = String(secretIn(file))
  expect(err).not.toContain(secret)
  const production = {
    ...withEnvFile(file, { NODE_ENV: 'production' }),
    ...{ WX_APPID: 'wx5ec7e70000000001', WX_SECRET: '5117a7ed5ec7e70015117a7ed5ec7e70' },
  }
  const { login } = readEnvironment(production, { appid: 'x', secret: 'y' })
  expect(login).toMatchObject({ jwtSecret: secret, adoptUsers: 'off' })
})

test('two runs make two secrets', async () => {
  await init()
  const other = temporaryFolder()
  await runCommand(['init'], { cwd: other.path })
  expect(secretIn(join(other.path, '.env'))).not.toBe(secretIn(file))
  other.remove()
})

test('the .env is .env.example with two values filled in', async () => {
  await init()
  const body = (text: string) => text.slice(text.indexOf('\n\n')).split('\n')
  const filled = body(readFileSync(file, 'utf8'))
  const differing = body(envExample()).filter((line, i) => line !== filled[i])
  expect(differing).toEqual(['JWT_SECRET=', '# ADOPT_USERS=auto'])
})

test('a .env that exists is left alone, exit 1', async () => {
  writeFileSync(file, 'PORT=1\n', { mode: 0o644 })
  expect((await init()).code).toBe(1)
  expect(readFileSync(file, 'utf8')).toBe('PORT=1\n')
  expect(statSync(file).mode & 0o777).toBe(0o644)
})

test('the secret of a service that ran here without a .env goes on, and users without a proof with it', async () => {
  const kept = 'q3Vb7xLw0ZrTn5KdYf2Hs9Jm4Gc8Pe6A'
  mkdirSync(join(folder.path, 'data'))
  writeFileSync(join(folder.path, 'data/development-jwt-secret'), `${kept}\n`)
  expect((await init()).err).toContain('nobody is logged out')
  expect(withEnvFile(file, {})).toMatchObject({ JWT_SECRET: kept })
  expect(withEnvFile(file, {})).not.toHaveProperty('ADOPT_USERS')
})
