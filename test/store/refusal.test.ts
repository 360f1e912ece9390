import { ConfigError } from '../../src/config/config-error'
import { refusal, unusable } from '../../src/store/refusal'
import { MissingPart } from '../../src/store/sqlite/missing-part'

const failure = (fields: object) => Object.assign(new Error('secret://text'), fields)

test('a refusal names the setting of the database, or the one that it is given', () => {
  expect(refusal('is wrong').problems).toEqual([
    { name: 'DATABASE_URL (database)', problem: 'is wrong' },
  ])
  expect(refusal('is wrong', 'REDIS_URL (redisUrl)').problems[0]?.name).toBe('REDIS_URL (redisUrl)')
})

test('what a server refuses is told by its code and the fix, without URL and text', () => {
  const { message } = unusable('postgres://u:password@h/d', failure({ code: '3D000' }))
  expect(message).toMatch(/the database cannot be used \(3D000\): the database does not exist/)
  expect(message).not.toMatch(/password|secret/)
})

test('a damaged SQLite file is told with its path and what to do with it', () => {
  const { message } = unusable('sqlite:/srv/login.db', failure({ errcode: 11 }))
  expect(message).toMatch(/the SQLite file \/srv\/login\.db cannot be used .*the file is damaged/)
})

test('a part of the program that is missing says so in its own words', () => {
  const { message } = unusable('sqlite:/srv/login.db', new MissingPart('npm rebuild it'))
  expect(message).toContain('npm rebuild it')
  expect(message).not.toContain('/srv/login.db')
})

test('what is a refusal already stays as it is', () => {
  const known = new ConfigError([{ name: 'DATABASE_URL', problem: 'is wrong' }])
  expect(unusable('sqlite:/srv/login.db', known)).toBe(known)
})
