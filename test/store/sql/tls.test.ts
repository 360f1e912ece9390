import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { openStore } from '../../../src/store/open'
import { type Certificates, createCertificates } from '../../support/certificates'
import {
  available,
  type DatabaseServer,
  postgresUser,
  startMariadb,
  startPostgres,
} from '../../support/databases'
import { quiet } from '../../support/quiet'
import { temporaryFolder } from '../../support/temporary'

const describePostgres = available('postgres') ? describe : describe.skip
const describeMariadb = available('mariadb') ? describe : describe.skip

const refusal = (message: RegExp) => ({
  name: 'ConfigError',
  message: expect.stringMatching(message),
})

/** Opens a store that is surely open, asks something while it is, and closes it. */
async function whileOpen<T>(url: string, ask: () => Promise<T>): Promise<T> {
  const store = await openStore(url, quiet)
  await store.ping()
  const answer = await ask()
  await store.close()
  return answer
}

const folder = temporaryFolder()
let files: Certificates
beforeAll(() => {
  chmodSync(folder.path, 0o755)
  files = createCertificates(folder.path, 'localhost')
  const { uid, gid } = postgresUser()
  if (uid !== undefined) chownSync(files.key, uid, Number(gid))
})
afterAll(() => folder.remove())

describePostgres('PostgreSQL', () => {
  let server: DatabaseServer
  let plain: DatabaseServer
  let admin: pg.Client
  beforeAll(async () => {
    server = await startPostgres([
      'ssl=on',
      `ssl_cert_file=${files.cert}`,
      `ssl_key_file=${files.key}`,
    ])
    plain = await startPostgres()
    admin = new pg.Client(server.url)
    await admin.connect()
  })
  afterAll(async () => {
    await admin.end()
    await server.remove()
    await plain.remove()
  })

  const named = () => server.url.replace('127.0.0.1', 'localhost')
  const isEncrypted = async () => {
    const { rows } = await admin.query<{ ssl: boolean }>(
      `select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid)
       where application_name = 'miniprogram-login'`,
    )
    return rows.map(({ ssl }) => ssl)
  }

  test.each([
    ['disable', false],
    ['allow', false],
    ['prefer', true],
    ['require', true],
  ])('sslmode=%s: encrypted %p, whatever the certificate is', async (mode, isOn) => {
    expect(await whileOpen(`${server.url}?sslmode=${mode}`, isEncrypted)).toEqual([isOn])
  })

  test('verify-ca trusts the authority’s file, under any name', async () => {
    const url = `${server.url}?sslmode=verify-ca&sslrootcert=${files.ca}`
    expect(await whileOpen(url, isEncrypted)).toEqual([true])
  })

  test('verify-full wants the name, too', async () => {
    const parameters = `?sslmode=verify-full&sslrootcert=${files.ca}`
    expect(await whileOpen(named() + parameters, isEncrypted)).toEqual([true])
    const otherName = openStore(server.url + parameters, quiet)
    await expect(otherName).rejects.toMatchObject(refusal(/for another host name/))
    const unknown = openStore(`${named()}?sslmode=verify-full`, quiet)
    await expect(unknown).rejects.toMatchObject(refusal(/not trusted.*sslrootcert/))
  })

  test('a server without TLS: prefer goes on without, require refuses in words', async () => {
    await whileOpen(`${plain.url}?sslmode=prefer`, async () => {})
    const refused = openStore(`${plain.url}?sslmode=require`, quiet)
    await expect(refused).rejects.toMatchObject(refusal(/takes no TLS.*sslmode=disable/))
  })

  test('a server that lets in TLS alone: allow goes on with it, no TLS is refused in words', async () => {
    const { rows } = await admin.query<{ hba_file: string }>('show hba_file')
    writeFileSync(String(rows[0]?.hba_file), 'hostssl all all all trust\n')
    await admin.query('select pg_reload_conf()')
    expect(await whileOpen(`${server.url}?sslmode=allow`, isEncrypted)).toEqual([true])
    const refused = openStore(server.url, quiet)
    await expect(refused).rejects.toMatchObject(refusal(/28000.*sslmode=require/))
  })

  test('an authority’s file that is missing or no certificate is refused before anything is sent', async () => {
    const of = (file: string) =>
      openStore(`${server.url}?sslmode=verify-ca&sslrootcert=${join(folder.path, file)}`, quiet)
    await expect(of('none.pem')).rejects.toMatchObject(refusal(/cannot be read \(ENOENT\)/))
    writeFileSync(join(folder.path, 'text.pem'), 'no certificate')
    await expect(of('text.pem')).rejects.toMatchObject(refusal(/not in PEM/))
  })
})

describeMariadb('MariaDB', () => {
  let server: DatabaseServer
  let plain: DatabaseServer
  let admin: mysql.Connection
  beforeAll(async () => {
    server = await startMariadb([`ssl-cert=${files.cert}`, `ssl-key=${files.key}`])
    plain = await startMariadb(['skip-ssl'])
    admin = await mysql.createConnection(server.url)
  })
  afterAll(async () => {
    await admin.end()
    await server.remove()
    await plain.remove()
  })

  const named = () => server.url.replace('127.0.0.1', 'localhost')
  const handshakes = async () => {
    const [rows] = await admin.query(`show global status like 'Ssl_finished_accepts'`)
    return Number((rows as { Value: string }[])[0]?.Value)
  }
  async function isEncrypted(url: string): Promise<boolean> {
    const before = await handshakes()
    return whileOpen(url, async () => (await handshakes()) > before)
  }

  test.each([
    ['DISABLED', false],
    ['PREFERRED', true],
    ['REQUIRED', true],
    ['required', true],
  ])('ssl-mode=%s: encrypted %p, whatever the certificate is', async (mode, isOn) => {
    expect(await isEncrypted(`${server.url}?ssl-mode=${mode}`)).toBe(isOn)
  })

  test('VERIFY_CA trusts the authority’s file under any name, VERIFY_IDENTITY wants the name', async () => {
    const by = (mode: string) => `?ssl-mode=${mode}&ssl-ca=${files.ca}`
    expect(await isEncrypted(server.url + by('VERIFY_CA'))).toBe(true)
    expect(await isEncrypted(named() + by('VERIFY_IDENTITY'))).toBe(true)
    const unknown = openStore(`${named()}?ssl-mode=VERIFY_IDENTITY`, quiet)
    await expect(unknown).rejects.toMatchObject(refusal(/not trusted.*ssl-ca/))
  })

  test('a server without TLS: PREFERRED goes on without, REQUIRED refuses in words', async () => {
    await whileOpen(`${plain.url}?ssl-mode=PREFERRED`, async () => {})
    const refused = openStore(`${plain.url}?ssl-mode=REQUIRED`, quiet)
    await expect(refused).rejects.toMatchObject(refusal(/takes no TLS.*ssl-mode=DISABLED/))
  })

  test('a server that lets in TLS alone says so in words', async () => {
    await admin.query('set global require_secure_transport = on')
    const refused = openStore(server.url, quiet)
    await expect(refused).rejects.toMatchObject(refusal(/wants TLS: ssl-mode=REQUIRED/))
    await admin.query('set global require_secure_transport = off')
  })
})
