import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { devSecret, keptDevSecret, presentDevSecret } from '../../src/config/dev-secret'
import { weaknessOf } from '../../src/config/secret-strength'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())

test('it is kept beside the SQLite file, for its owner only, so that logins outlive a restart', () => {
  const database = `sqlite:${folder.path}/kept/login.db`
  const secret = devSecret(database)
  const file = join(folder.path, 'kept/development-jwt-secret')
  expect(weaknessOf(secret)).toBeUndefined()
  expect(readFileSync(file, 'utf8').trim()).toBe(secret)
  expect(statSync(file).mode & 0o077).toBe(0)
  expect(devSecret(database)).toBe(secret)
})

test.each(['memory:', 'postgres://localhost/login'])(
  'with %s there is no place beside the database: nothing is written',
  database => {
    expect(devSecret(database)).not.toBe(devSecret(database))
    expect(existsSync('development-jwt-secret')).toBe(false)
  },
)

test('a weak secret in that file is refused, and not shown', () => {
  const path = join(folder.path, 'weak')
  mkdirSync(path)
  writeFileSync(join(path, 'development-jwt-secret'), 'canary')
  const start = () => devSecret(`sqlite:${path}/login.db`)
  expect(start).toThrow(/JWT_SECRET: .*development-jwt-secret must be at least 32 bytes/)
  expect(start).not.toThrow(/canary/)
})

test('a folder that cannot be written is refused with the setting that chooses it', () => {
  expect(() => devSecret('sqlite:/dev/null/login.db')).toThrow(/DATABASE_URL: .*cannot be written/)
})

test('who only looks gets the secret that is there, and otherwise writes nothing down', () => {
  const database = `sqlite:${folder.path}/looked-at/login.db`
  expect(weaknessOf(presentDevSecret(database))).toBeUndefined()
  expect(keptDevSecret(database)).toBeUndefined()
  expect(existsSync(join(folder.path, 'looked-at'))).toBe(false)
  const made = devSecret(database)
  expect([presentDevSecret(database), keptDevSecret(database)]).toEqual([made, made])
})
