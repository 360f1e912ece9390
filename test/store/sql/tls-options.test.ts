import type { DatabaseTls } from '../../../src/config/database-tls'
import { openInTurn, type TlsOptions, tlsOptionsOf } from '../../../src/store/sql/tls-options'

const tls = (verify: DatabaseTls['verify'], files: Partial<DatabaseTls> = {}): DatabaseTls => ({
  ...{ attempts: [true], verify, ca: undefined, cert: undefined, key: undefined },
  ...files,
})
const read = (file: string) => `text of ${file}`

test('each driver is told in its own words what must hold of the certificate', () => {
  const check = { checkServerIdentity: expect.any(Function) }
  const of = (dialect: 'postgres' | 'mysql', verify: DatabaseTls['verify']) =>
    tlsOptionsOf(dialect, tls(verify), read)
  expect(of('postgres', 'nothing')).toEqual({ rejectUnauthorized: false })
  expect(of('postgres', 'authority')).toEqual({ rejectUnauthorized: true, ...check })
  expect(of('postgres', 'identity')).toEqual({ rejectUnauthorized: true })
  expect(of('mysql', 'nothing')).toEqual({ rejectUnauthorized: false, verifyIdentity: false })
  expect(of('mysql', 'authority')).toEqual({ rejectUnauthorized: true, verifyIdentity: false })
  expect(of('mysql', 'identity')).toEqual({ rejectUnauthorized: true, verifyIdentity: true })
})

test('files are read, and only those that are named', () => {
  const files = { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' }
  expect(tlsOptionsOf('postgres', tls('identity', files), read)).toEqual({
    rejectUnauthorized: true,
    ca: 'text of ca.pem',
    cert: 'text of cert.pem',
    key: 'text of key.pem',
  })
})

const context = { rejectUnauthorized: false }

/** Opens by attempts; `codes` are the refusals of the first ones. */
async function tried(attempts: readonly TlsOptions[], ...codes: string[]) {
  const seen: TlsOptions[] = []
  const opened = openInTurn(attempts, async each => {
    seen.push(each)
    const code = codes[seen.length - 1]
    if (code) throw Object.assign(new Error('refused'), { code })
    return 'open'
  })
  return { outcome: await opened.catch(error => error.code), seen }
}

test('where the first way is taken no other is tried', async () => {
  expect(await tried([context, false])).toEqual({ outcome: 'open', seen: [context] })
})

test.each(['HANDSHAKE_NO_SSL_SUPPORT', '28000', 'ER_SECURE_TRANSPORT_REQUIRED'])(
  'a server that refuses one way because of TLS (%s) is asked the other way',
  async code => {
    expect(await tried([context, false], code)).toEqual({ outcome: 'open', seen: [context, false] })
  },
)

test('a wrong password is not tried again in clear text', async () => {
  expect(await tried([context, false], '28P01')).toEqual({ outcome: '28P01', seen: [context] })
})

test('the last refusal is the one that is told', async () => {
  expect(await tried([context], 'HANDSHAKE_NO_SSL_SUPPORT')).toEqual({
    outcome: 'HANDSHAKE_NO_SSL_SUPPORT',
    seen: [context],
  })
})
