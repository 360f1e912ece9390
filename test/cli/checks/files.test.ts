import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkFiles, checkSpace } from '../../../src/cli/checks/files'
import type { ServerConfig } from '../../../src/config/read-environment'
import { temporaryFolder } from '../../support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())
const file = join(folder.path, '.env')
const secret = join(folder.path, 'jwt')
const config = (database: string, production = false) =>
  ({ production, login: { database } }) as unknown as ServerConfig

function write(path: string, mode: number) {
  writeFileSync(path, '')
  chmodSync(path, mode)
}

test('files of secrets that everybody can read are told, and in production they are a failure', () => {
  write(file, 0o644)
  write(secret, 0o600)
  const look = (production: boolean) =>
    checkFiles(file, { JWT_SECRET_FILE: secret }, config('memory:', production))
  expect(look(false)).toEqual([
    expect.objectContaining({ status: 'warn', fix: `chmod 600 ${file}` }),
    expect.objectContaining({ status: 'ok', found: `${secret}: 600` }),
  ])
  expect(look(true)[0]).toMatchObject({ status: 'fail' })
  chmodSync(file, 0o640)
  expect(look(true)[0]).toMatchObject({ status: 'ok' })
})

test('a database that everybody can read is told', () => {
  const database = join(folder.path, 'login.db')
  write(database, 0o644)
  const [rights, space] = checkFiles('nothing', {}, config(`sqlite:${database}`))
  expect(rights).toMatchObject({ name: 'files', status: 'warn' })
  expect(space).toMatchObject({ name: 'disk', status: 'ok' })
})

test('a path through a file is a failure', () => {
  expect(checkFiles('nothing', {}, config('sqlite:/dev/null/login.db'))).toEqual([
    expect.objectContaining({ name: 'disk', status: 'fail' }),
  ])
})

test('a folder that the user may not write is a failure', () => {
  const closed = join(folder.path, 'closed')
  mkdirSync(closed)
  chmodSync(closed, 0o555)
  chmodSync(folder.path, 0o755)
  const script = `
    const { checkFiles } = require(${JSON.stringify(join(__dirname, '../../../dist/cli/checks/files.js'))})
    if (process.getuid() === 0) process.setuid(65534)
    const config = { production: false, login: { database: 'sqlite:${closed}/data/login.db' } }
    console.log(JSON.stringify(checkFiles('nothing', {}, config)))`
  const out = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', cwd: '/' })
  expect(JSON.parse(out)).toEqual([expect.objectContaining({ name: 'disk', status: 'fail' })])
})

test.each([
  [5, 'fail'],
  [50, 'warn'],
  [500, 'ok'],
])('%d MiB that are left are %s', (free, status) => {
  expect(checkSpace('/data', free)).toMatchObject({ name: 'disk', status })
})
