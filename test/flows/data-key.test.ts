import { readFileSync } from 'node:fs'
import { digest } from '../../src/token/digest'
import { Clock } from '../support/clock'
import { sqliteAdmin } from '../support/raw-store'
import { JWT_SECRET, OTHER_JWT_SECRET, type Service, startService } from '../support/service'
import { temporaryDatabase } from '../support/temporary'

const APPID = 'wx0000000000000000'
const SECRETS = [
  JWT_SECRET,
  OTHER_JWT_SECRET,
  'Q2v8xL0rT5nB9wKzJ3mH7yPdF6cGsA1eUoXiZqWl4tRk',
  'm9Xc4ZrV1bT8qLw2KpJ6yHd0NfS7gGaE3uQoIxYt5WvB',
]

const clock = new Clock()
let database: ReturnType<typeof temporaryDatabase>
let first: Service
const running: Service[] = []
beforeEach(async () => {
  database = temporaryDatabase()
  first = await start()
})
afterEach(async () => {
  for (const service of running.splice(0).reverse()) await service.close()
  database.remove()
})

async function start(options: Parameters<typeof startService>[0] = {}): Promise<Service> {
  const simulator = running[0]?.simulator
  const shared = { database: database.url, clock, ...(simulator && { simulator }) }
  const service = await startService({ ...shared, ...options })
  running.push(service)
  return service
}

async function query(sql: string): Promise<readonly Record<string, unknown>[]> {
  const admin = sqliteAdmin(database.file)
  try {
    return await admin.query(sql)
  } finally {
    admin.end()
  }
}

const idOf = async ({ http }: Service, token: string) =>
  (await http.get('/me').set('Authorization', `Bearer ${token}`).expect(200)).body.id

test('three rotations later a user who slept through them is the same user, and the only one', async () => {
  const { token } = await first.logIn('sleeper')
  const id = await idOf(first, token)
  const [{ sealed: before } = {}] = await query('select sealed from mpl_data_keys')
  for (const [i, next] of SECRETS.slice(1).entries()) {
    const now = String(SECRETS[i])
    await start({ jwtSecret: now, jwtSecretPrevious: next })
    await start({ jwtSecret: next, jwtSecretPrevious: now })
    await start({ jwtSecret: next })
  }
  const last = running.at(-1) as Service
  const again = await last.logIn('sleeper')
  expect(again.body.is_new_user).toBe(false)
  expect(await idOf(last, again.token)).toBe(id)
  expect(await query('select id from mpl_users')).toEqual([{ id }])
  const [{ sealed: after } = {}] = await query('select sealed from mpl_data_keys')
  expect(after).not.toBe(before)
})

test('a lost key stops logins and readiness, tells what to do, and logs nobody out', async () => {
  const { token } = await first.logIn('alice')
  const id = await idOf(first, token)
  await query('delete from mpl_data_keys')
  const broken = await start()
  const code = broken.simulator.mintCode({ user: 'alice' })
  const { body } = await broken.http.post('/login').send({ code }).expect(500)
  expect(body.error).toBe('misconfigured')
  expect((await broken.http.get('/readyz').expect(500)).body.error).toBe('misconfigured')
  const told = broken.logLines.filter(({ fields }) => fields.reason === 'data_key_missing')
  expect(told[0]?.fields.fix).toMatch(/backup.*ADOPT_USERS=on/)
  expect(await idOf(broken, token)).toBe(id)
  const mended = await start({ adoptUsers: 'on' })
  expect(await idOf(mended, (await mended.logIn('alice')).token)).toBe(id)
})

test('instances that start together on an empty database prove each other’s users', async () => {
  await query('delete from mpl_data_keys')
  const both = await Promise.all([start(), start()])
  const ids = await Promise.all(
    both.map(async service => idOf(service, (await service.logIn('bob')).token)),
  )
  expect(new Set(ids).size).toBe(1)
  for (const service of both)
    expect(await idOf(service, (await service.logIn('bob')).token)).toBe(ids[0])
})

/** Gives each of the two users these columns of the other one. A second time undoes it. */
async function swap(columns: readonly string[]): Promise<void> {
  const rows = await query('select * from mpl_users order by id')
  // No two rows may have one openid, in between neither.
  await query(`update mpl_users set openid = 'free ' || id`)
  for (const [i, row] of rows.entries()) {
    const names = ['openid', 'unionid', 'proof', 'unionid_proof']
    const newValueOf = (name: string) => (columns.includes(name) ? rows[1 - i] : row)?.[name]
    const sets = names.map(name => `${name} = '${newValueOf(name)}'`)
    await query(`update mpl_users set ${sets.join(', ')} where id = '${row.id}'`)
  }
}

test.each([
  [['openid']],
  [['unionid']],
  [['openid', 'proof']],
  [['unionid', 'unionid_proof']],
  [['openid', 'unionid', 'proof', 'unionid_proof']],
])('when %j were swapped, nobody is somebody else at the next genuine login', async columns => {
  const { simulator, http, login } = first
  simulator.setUnionidBound(APPID, true)
  const ids: Record<string, string> = {}
  for (const name of ['ann', 'eve']) ids[name] = await idOf(first, (await first.logIn(name)).token)
  await swap(columns)
  for (const [name, other] of [
    ['ann', ids.eve],
    ['eve', ids.ann],
  ] as const) {
    const { openid, unionid } = simulator.user(name)
    const found = [await login.users.byOpenid(APPID, openid)]
    expect(
      [...found, ...(await login.users.byUnionid(unionid))].map(user => user?.id),
    ).not.toContain(other)
    const { status, body } = await http
      .post('/login')
      .send({ code: simulator.mintCode({ user: name }) })
    expect(status).toBe(columns.includes('openid') ? 503 : 200)
    if (status === 200) expect(await idOf(first, body.token)).toBe(ids[name])
  }
  if (!columns.includes('openid')) return
  await swap(columns)
  expect(await idOf(first, (await first.logIn('ann')).token)).toBe(ids.ann)
})

test('who reads the file finds no digest that can be recomputed, and no text that is a token', async () => {
  const service = await start({ rateLimit: 600, sharedLimits: true })
  const code = service.simulator.mintCode({ user: 'reader' })
  const sent = service.http.post('/login').set('Idempotency-Key', 'key-of-reader').send({ code })
  await sent.expect(200)
  const file = ['', '-wal'].map(end => readFileSync(database.file + end, 'latin1')).join('\n')
  expect(file).toContain(service.simulator.user('reader').openid)
  const codeHash = digest(APPID, code)
  const known = [code, 'key-of-reader', '127.0.0.1']
  const names = [codeHash, digest('key-of-reader', codeHash), digest('login', '127.0.0.1')]
  const secrets = [...known, String(service.simulator.user('reader').sessionKey)]
  for (const text of [...names, ...secrets, ...known.map(text => digest(text))]) {
    expect([text, file.includes(text)]).toEqual([text, false])
  }
  const texts = new Set(file.match(/[\w-]{6,}(\.[\w-]+)*/g))
  expect(texts.size).toBeGreaterThan(20)
  for (const token of texts) {
    const { body } = await service.http.post('/checklogin').send({ token })
    expect(body.is_login).toBe(false)
  }
})
