import mysql from 'mysql2/promise'
import pg from 'pg'
import type { Store } from '../../../src/store/contract/store'
import { openStore } from '../../../src/store/open'
import {
  available,
  type DatabaseServer,
  startMariadb,
  startPostgres,
} from '../../support/databases'
import { quiet } from '../../support/quiet'

const SWEEP_BATCH = 5

async function logIn(store: Store, name: string) {
  const claim = { codeHash: name, owner: name, idempotencyHash: null, now: 1, expiresAt: 1000 }
  await store.codes.claim(claim)
  await store.sessions.begin({
    ...{ codeHash: name, owner: name, sessionId: name, newUserId: name, openid: name },
    ...{ appid: 'wx0000000000000000', unionid: null, sealed: 'sealed', sessionKeyHash: 'key' },
    ...{ now: 1, expiresAt: 1000 },
    ...{ proof: null, unionidProof: null, sessionRef: 'ref' },
  })
}

const describePostgres = available('postgres') ? describe : describe.skip
const describeMariadb = available('mariadb') ? describe : describe.skip

describePostgres('PostgreSQL', () => {
  let server: DatabaseServer
  let store: Store
  beforeAll(async () => {
    server = await startPostgres()
    store = await openStore(server.url, quiet)
  })
  afterAll(async () => {
    await store.close()
    await server.remove()
  })

  test('instances that run go on while a newer version adds columns', async () => {
    await logIn(store, 'one')
    const look = async () => [
      await store.users.find('one'),
      await store.users.findByOpenid('wx0000000000000000', 'one'),
      await store.codes.find('one'),
      await store.sessions.find({ id: 'one', userId: 'one' }),
    ]
    const before = await look()
    expect(before.every(Boolean)).toBe(true)
    const newer = new pg.Client(server.url)
    await newer.connect()
    for (const table of ['mpl_users', 'mpl_login_codes', 'mpl_sessions']) {
      await newer.query(`alter table ${table} add column of_a_newer_version text`)
    }
    await newer.end()
    expect(await look()).toEqual(before)
    await logIn(store, 'two')
  })
})

describeMariadb('MariaDB', () => {
  let server: DatabaseServer
  let store: Store
  beforeAll(async () => {
    server = await startMariadb()
    store = await openStore(server.url, { ...quiet, sweepBatch: SWEEP_BATCH })
  })
  afterAll(async () => {
    await store.close()
    await server.remove()
  })

  test('a sweep reads what it removes, not the whole table', async () => {
    await logIn(store, 'one')
    const admin = await mysql.createConnection(server.url)
    await admin.query(`insert into mpl_users (id, appid, openid, key_hash, key_at, created_at, last_login_at)
      select concat('u', seq), 'wx', concat('o', seq), 'k', 1, 1, 1 from seq_1_to_3000`)
    await admin.query(`insert into mpl_sessions (id, user_id, sealed, key_hash, created_at, expires_at)
      select concat('s', seq), concat('u', seq), 'sealed', 'k', 1, seq from seq_1_to_3000`)
    await admin.query(`insert into mpl_login_codes (hash, status, owner, claimed_at, is_new_user, expires_at)
      select concat('h', seq), 'done', 'o', 1, 0, seq from seq_1_to_3000`)
    await admin.query(`insert into mpl_shared_values (\`key\`, value, expires_at)
      select concat('v', seq), 'v', seq from seq_1_to_3000`)
    await admin.query(
      `insert into mpl_call_counts select concat('c', seq), 1, seq from seq_1_to_3000`,
    )
    const rowsRead = async () => {
      const [rows] = await admin.query(`show global status like 'Handler_read%'`)
      const counts = (rows as { Value: string }[]).map(({ Value }) => Number(Value))
      return counts.reduce((sum, count) => sum + count, 0)
    }
    const before = await rowsRead()
    expect(await store.sweep(SWEEP_BATCH + 1)).toBe(true)
    expect((await rowsRead()) - before).toBeLessThan(2000)
    expect(await store.sweep(SWEEP_BATCH + 1)).toBe(false)
    for (const table of ['sessions', 'login_codes', 'shared_values', 'call_counts']) {
      const [rows] = await admin.query(
        `select min(${table === 'call_counts' ? 'ends_at' : 'expires_at'}) as first from mpl_${table}`,
      )
      expect((rows as { first: number }[])[0]?.first).toBe(SWEEP_BATCH + 2)
    }
    await admin.end()
  })
})
