import { problemWithTls, readTls, tlsParameters } from '../../src/config/database-tls'

const params = (text: string) => new URLSearchParams(text)
const files = { ca: undefined, cert: undefined, key: undefined }

test.each([
  ['postgres', 'sslmode=disable', [false], 'nothing'],
  ['postgres', 'sslmode=allow', [false, true], 'nothing'],
  ['postgres', 'sslmode=prefer', [true, false], 'nothing'],
  ['postgres', 'sslmode=require', [true], 'nothing'],
  ['postgres', 'sslmode=verify-full', [true], 'identity'],
  ['mysql', 'ssl-mode=DISABLED', [false], 'nothing'],
  ['mysql', 'ssl-mode=PREFERRED', [true, false], 'nothing'],
  ['mysql', 'ssl-mode=REQUIRED', [true], 'nothing'],
  ['mysql', 'ssl-mode=required', [true], 'nothing'],
  ['mysql', 'ssl-mode=VERIFY_IDENTITY', [true], 'identity'],
] as const)(
  '%s: %s says whether there is TLS and what is checked',
  (scheme, text, attempts, verify) => {
    expect(problemWithTls(scheme, params(text))).toBeUndefined()
    expect(readTls(scheme, params(text))).toEqual({ attempts, verify, ...files })
  },
)

test.each([
  ['postgres', 'sslmode=verify-ca&sslrootcert=ca.pem', 'authority'],
  ['postgres', 'sslmode=verify-full&sslrootcert=ca.pem', 'identity'],
  // libpq: with an authority's file `require` checks the certificate by it.
  ['postgres', 'sslmode=require&sslrootcert=ca.pem', 'authority'],
  ['mysql', 'ssl-mode=VERIFY_CA&ssl-ca=ca.pem', 'authority'],
  ['mysql', 'ssl-mode=VERIFY_IDENTITY&ssl-ca=ca.pem', 'identity'],
] as const)('%s: %s checks the certificate by that authority', (scheme, text, verify) => {
  expect(problemWithTls(scheme, params(text))).toBeUndefined()
  expect(readTls(scheme, params(text))).toMatchObject({ attempts: [true], verify, ca: 'ca.pem' })
})

test('libpq’s word for the authorities of the machine names no file', () => {
  const text = params('sslmode=verify-full&sslrootcert=system')
  expect(problemWithTls('postgres', text)).toBeUndefined()
  expect(readTls('postgres', text)).toMatchObject({ verify: 'identity', ca: undefined })
})

test('a client’s own certificate comes with its key', () => {
  const text = params('sslmode=require&sslcert=c.pem&sslkey=k.pem')
  expect(problemWithTls('postgres', text)).toBeUndefined()
  expect(readTls('postgres', text)).toMatchObject({ cert: 'c.pem', key: 'k.pem' })
})

test('where nothing is said about TLS nothing is asked for', () => {
  expect(readTls('postgres', params('connection_limit=3'))).toBeUndefined()
})

test.each([
  ['postgres', 'sslmode=REQUIRED', /sslmode must be one of disable, allow/],
  ['postgres', 'sslmode=no-verify', /sslmode must be one of/],
  ['postgres', 'sslmode=constructor', /sslmode must be one of/],
  ['mysql', 'ssl-mode=require', /ssl-mode must be one of DISABLED, PREFERRED/],
  ['postgres', 'sslmode=verify-ca', /needs sslrootcert=<file>.*or sslmode=verify-full/],
  ['mysql', 'ssl-mode=VERIFY_CA', /needs ssl-ca=<file>.*or ssl-mode=VERIFY_IDENTITY/],
  ['postgres', 'sslmode=require&sslrootcert=system', /needs sslrootcert=<file>/],
  ['postgres', 'sslrootcert=ca.pem', /nothing uses without sslmode=verify-full/],
  ['postgres', 'sslmode=disable&sslrootcert=ca.pem', /nothing uses/],
  ['mysql', 'ssl-mode=REQUIRED&ssl-ca=ca.pem', /nothing uses without ssl-mode=VERIFY_IDENTITY/],
  ['postgres', 'sslmode=require&sslcert=c.pem', /needs sslcert and sslkey together/],
  ['mysql', 'ssl-cert=c.pem&ssl-key=k.pem', /needs ssl-mode beside ssl-cert/],
  ['postgres', 'sslmode=verify-full&sslrootcert=', /is empty/],
] as const)('%s: %s is refused with what would be right', (scheme, text, problem) => {
  expect(problemWithTls(scheme, params(text))).toMatch(problem)
})

test('each database’s own names', () => {
  expect(tlsParameters('postgres')).toEqual(['sslmode', 'sslrootcert', 'sslcert', 'sslkey'])
  expect(tlsParameters('mysql')).toEqual(['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key'])
})
