import { problemWithParameters } from '../../src/config/database-parameters'

const problem = (scheme: 'postgres' | 'mysql', text: string) =>
  problemWithParameters(scheme, new URLSearchParams(text))

test.each([
  ['postgres', ''],
  ['postgres', 'connection_limit=5&schema=login&pgbouncer=true&sslmode=require'],
  ['mysql', 'connection_limit=5&ssl-mode=REQUIRED'],
] as const)('%s knows %s', (scheme, text) => expect(problem(scheme, text)).toBeUndefined())

test.each([
  ['postgres', 'ssl=true', /the parameter ssl that is not known/],
  ['postgres', 'ssl-mode=require', /ssl-mode that is not known; is sslmode meant\?/],
  ['postgres', 'uselibpqcompat=true', /uselibpqcompat that is not known/],
  ['postgres', 'connect_timeout=3', /connect_timeout that is not known/],
  ['postgres', 'host=/tmp', /host that is not known/],
  ['mysql', 'sslmode=REQUIRED', /sslmode that is not known; is ssl-mode meant\?/],
  ['mysql', 'sslMode=REQUIRED', /is ssl-mode meant\?/],
  ['mysql', 'ssl={"rejectUnauthorized":true}', /the parameter ssl that is not known/],
  ['mysql', 'schema=login', /schema that is not known/],
  ['mysql', 'pgbouncer=true', /pgbouncer that is not known/],
  [
    'mysql',
    'multipleStatements=true',
    /multipleStatements that is not known; known are connection_limit, ssl-mode/,
  ],
  ['mysql', 'constructor=1', /constructor that is not known/],
  ['postgres', 'sslmode=disable&sslmode=require', /has the parameter sslmode twice/],
  ['postgres', 'connection_limit=0', /connection_limit must be a whole number/],
  ['postgres', 'schema=a.b', /schema must be a name/],
  ['postgres', 'schema=pg_login', /schema must be a name/],
  ['postgres', 'pgbouncer=yes', /pgbouncer must be true or false/],
  ['postgres', 'sslmode=on', /sslmode must be one of/],
] as const)('%s: %s is refused by name, with what is known', (scheme, text, expected) => {
  expect(problem(scheme, text)).toMatch(expected)
})

test('what is no name may be the rest of a password, and is not shown', () => {
  expect(problem('postgres', 'canary!$=1')).toMatch(/^has a parameter that is not known; known are/)
})
