import { fixOf, fixOfOutage } from '../../../src/store/sql/refusals'

test.each([
  ['3D000', /database does not exist/],
  ['ER_BAD_DB_ERROR', /database does not exist/],
  ['3F000', /schema does not exist/],
  ['28P01', /percent-encoded.*%40/],
  ['ER_ACCESS_DENIED_ERROR', /percent-encoded.*%40/],
  ['42501', /lacks a right/],
  ['ER_TABLEACCESS_DENIED_ERROR', /lacks a right/],
  ['pooler_hidden', /pgbouncer=true/],
  ['26000', /pgbouncer=true/],
  ['42P05', /pgbouncer=true/],
  ['tls_unavailable', /sslmode=disable/],
  ['ER_SECURE_TRANSPORT_REQUIRED', /ssl-mode=REQUIRED/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /sslrootcert/],
  ['schema_foreign', /TABLE_PREFIX/],
  ['schema_unknown', /TABLE_PREFIX/],
])('%s is said in words, with the fix', (code, words) => expect(fixOf(code)).toMatch(words))

test('a code that nobody has met yet has a fix, too', () => {
  expect(fixOf('XX000')).toBe('check host, credentials and rights')
})

test('a full disk of a server is an outage that says what to do, and a lost connection is not', () => {
  for (const code of ['53100', 'ER_DISK_FULL', 'ER_RECORD_FILE_FULL']) {
    expect(fixOfOutage(code)).toMatch(/disk.*full.*make room/)
  }
  expect(fixOfOutage('ECONNREFUSED')).toBeUndefined()
})
