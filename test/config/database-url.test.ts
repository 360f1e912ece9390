import { problemWithDatabaseUrl, readDatabaseUrl } from '../../src/config/database-url'

test.each([
  'memory:',
  'sqlite:./data/login.db',
  'sqlite:/var/lib/login.db',
  'postgres://user:pass@host/db?connection_limit=5',
  'postgres://user:p%40ss%2Fw%23rd%25@host:5432/db?schema=login&pgbouncer=true&sslmode=require',
  'postgres://user:p@ss@host/db',
  'postgres://user@%2Fvar%2Frun%2Fpostgresql/db',
  'postgresql://host/db',
  'mysql://host/db?ssl-mode=REQUIRED',
  'mariadb://host/db',
])('%s is taken', url => expect(problemWithDatabaseUrl(url)).toBeUndefined())

test.each([
  ['postgres://localhost', /must name the database/],
  ['mongodb://localhost/x', /must be sqlite/],
  ['/tmp/x.db', /must be sqlite/],
  ['postgres:host/x', /must be sqlite/],
  ['mysql://localhost/x?connection_limit=ten', /connection_limit/],
  ['mysql://localhost/x?ssl=true', /the parameter ssl/],
  ['sqlite:', /must name a file/],
  ['sqlite://data/login.db', /without \/\//],
  ['sqlite::memory:', /must be memory:/],
  [
    'sqlite:./login.db?mode=ro&cache=shared',
    /parameters \(mode, cache\): a SQLite file takes none/,
  ],
])('%s is refused with what would be right', (url, problem) => {
  expect(problemWithDatabaseUrl(url)).toMatch(problem)
})

test.each([
  ['postgres://user:pa#ss@host/db', /raw #.*%23/],
  ['postgres://user:12#ss@host/db', /raw #.*%23/],
  ['mysql://user:pa/ss@host/db', /cannot be read.*%2F/],
  ['mysql://user:12/ss@host/db', /raw \/ or \?.*%2F/],
  ['postgres://user:pa?ss@host/db', /cannot be read.*%3F/],
  ['postgres://user:1?ss@host/db', /raw \/ or \?.*%3F/],
  ['mysql://user:pa%ss@host/db', /% that begins no escape.*%25/],
])('a password that is not percent-encoded is named as the likely cause: %s', (url, problem) => {
  const said = problemWithDatabaseUrl(url)
  expect(said).toMatch(problem)
  expect(said).not.toMatch(/ss@host/)
})

test('a URL is taken apart, and no parameter reaches a driver', () => {
  const text = 'postgres://u:p@h/db?connection_limit=3&schema=login&pgbouncer=true&sslmode=require'
  expect(readDatabaseUrl(text)).toEqual({
    url: 'postgres://u:p@h/db',
    connectionLimit: 3,
    isPooled: true,
    schema: 'login',
    tls: { attempts: [true], verify: 'nothing', ca: undefined, cert: undefined, key: undefined },
  })
})

test('without parameters there are 10 connections, no pooler, and nothing said about TLS', () => {
  expect(readDatabaseUrl('mariadb://h/db')).toEqual({
    url: 'mariadb://h/db',
    connectionLimit: 10,
    isPooled: false,
    schema: undefined,
    tls: undefined,
  })
})
