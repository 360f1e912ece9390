import { resolve } from 'node:path'
import { dialectOf, sqliteFile } from '../../src/store/which-database'

test.each([
  ['sqlite:data/login.db', 'sqlite'],
  ['postgres://u@h/d', 'postgres'],
  ['postgresql://u@h/d', 'postgres'],
  ['mysql://u@h/d', 'mysql'],
  ['mariadb://u@h/d', 'mysql'],
])('%s speaks %s', (url, dialect) => {
  expect(dialectOf(url)).toBe(dialect)
})

test('a SQLite file is told by its whole path, from the working folder on', () => {
  expect(sqliteFile('sqlite:data/login.db')).toBe(resolve('data/login.db'))
  expect(sqliteFile('sqlite:/var/lib/login.db')).toBe('/var/lib/login.db')
})
