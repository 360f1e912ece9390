import { LoginError } from '../../../src/errors'
import { type SqlFault, sqlCodeOf, sqlFaultOf } from '../../../src/store/sql/faults'

const coded = (code: string) => Object.assign(new Error('canary'), { code })

test.each<[SqlFault, string]>([
  // PostgreSQL
  ['conflict', '40001'],
  ['conflict', '40P01'],
  ['outage', '08006'],
  ['outage', '53100'],
  ['outage', '53300'],
  ['outage', '55P03'],
  ['outage', '57014'],
  ['outage', '57P01'],
  ['outage', '57P03'],
  ['outage', '58030'],
  ['outage', '25006'],
  ['refusal', '28P01'],
  ['refusal', '28000'],
  ['refusal', '3D000'],
  ['refusal', '42501'],
  ['refusal', '42P01'],
  ['refusal', '23505'],
  ['refusal', '22001'],
  // MySQL and MariaDB
  ['conflict', 'ER_LOCK_DEADLOCK'],
  ['conflict', 'ER_CHECKREAD'],
  ['outage', 'PROTOCOL_CONNECTION_LOST'],
  ['outage', 'ER_CON_COUNT_ERROR'],
  ['outage', 'ER_TOO_MANY_USER_CONNECTIONS'],
  ['outage', 'ER_SERVER_SHUTDOWN'],
  ['outage', 'ER_CONNECTION_KILLED'],
  ['outage', 'ER_DISK_FULL'],
  ['outage', 'ER_LOCK_WAIT_TIMEOUT'],
  ['outage', 'ER_QUERY_INTERRUPTED'],
  ['outage', 'ER_OPTION_PREVENTS_STATEMENT'],
  ['refusal', 'ER_ACCESS_DENIED_ERROR'],
  ['refusal', 'ER_BAD_DB_ERROR'],
  ['refusal', 'ER_DBACCESS_DENIED_ERROR'],
  ['refusal', 'ER_NO_SUCH_TABLE'],
  ['refusal', 'ER_DUP_ENTRY'],
  // The system
  ['outage', 'ECONNREFUSED'],
  ['outage', 'ECONNRESET'],
  ['outage', 'ETIMEDOUT'],
  ['outage', 'ENOTFOUND'],
  ['outage', 'EAI_AGAIN'],
  // Our own
  ['refusal', 'schema_foreign'],
])('%s: %s', (fault, code) => {
  expect(sqlFaultOf(coded(code))).toBe(fault)
  expect(sqlCodeOf(coded(code))).toBe(code)
})

test('a deadline of ours that passed is an outage, and keeps its reason', () => {
  const late = new LoginError('store_unavailable', { reason: 'deadline' })
  expect([sqlFaultOf(late), sqlCodeOf(late)]).toEqual(['outage', 'deadline'])
  expect(sqlCodeOf(new LoginError('overloaded'))).toBe('overloaded')
})

test.each([
  ['Connection terminated unexpectedly', 'connection_lost', 'outage'],
  ['timeout expired', 'connection_lost', 'outage'],
  ['Client has encountered a connection error and is not queryable', 'connection_lost', 'outage'],
  ['The server does not support SSL connections', 'tls_unavailable', 'refusal'],
  ['SASL: client password must be a string', 'password_missing', 'refusal'],
  ['corrupted migrations: expected previously executed migration x', 'schema_unknown', 'refusal'],
  ['canary', 'unknown', 'refusal'],
])('an error without a code is known by its text: %s', (text, code, fault) => {
  const error = new Error(text)
  expect([sqlCodeOf(error), sqlFaultOf(error)]).toEqual([code, fault])
})

test.each([undefined, 'text', 7, {}])(
  'what is no error (%p) is a refusal without a name',
  thrown => {
    expect(sqlFaultOf(thrown ?? {})).toBe('refusal')
    expect(sqlCodeOf(thrown ?? {})).toBe('unknown')
  },
)

test.each([
  ['unsupported startup parameter: statement_timeout', 'pooler_hidden', 'refusal'],
  ['unsupported startup parameter in options: search_path', 'pooler_hidden', 'refusal'],
  ['no such database: canary', '3D000', 'refusal'],
  ['no such user: canary', '28P01', 'refusal'],
  ['server login failed: FATAL password authentication failed for user', '28P01', 'refusal'],
  ['query_wait_timeout', '08P01', 'outage'],
  ['no more connections allowed (max_client_conn)', '08P01', 'outage'],
])('PgBouncer says all under 08P01, and its text tells them apart: %s', (text, code, fault) => {
  const error = Object.assign(new Error(text), { code: '08P01' })
  expect([sqlCodeOf(error), sqlFaultOf(error)]).toEqual([code, fault])
})

test.each([
  ['self-signed certificate', 'tls_untrusted', 'refusal'],
  ['certificate has expired', 'CERT_HAS_EXPIRED', 'refusal'],
  ['Hostname/IP does not match certificate’s altnames', 'ERR_TLS_CERT_ALTNAME_INVALID', 'refusal'],
  ['read ECONNRESET', 'connection_lost', 'outage'],
])(
  'mysql2 gives failures of TLS one code, and the text tells them apart: %s',
  (text, code, fault) => {
    const error = Object.assign(new Error(text), { code: 'HANDSHAKE_SSL_ERROR' })
    expect([sqlCodeOf(error), sqlFaultOf(error)]).toEqual([code, fault])
  },
)
