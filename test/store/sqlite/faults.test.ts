import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import supertest from 'supertest'
import { PATIENCE } from '../../../src/patience'
import { createSimulator, type Simulator } from '../../../src/simulator/index'
import { openStore } from '../../../src/store/open'
import { openSqlite } from '../../../src/store/sqlite/binding'
import { quiet } from '../../support/quiet'
import { startServer } from '../../support/server-process'
import {
  JWT_SECRET,
  OTHER_APP,
  type Service,
  type ServiceOptions,
  startService,
} from '../../support/service'
import { temporaryDatabase } from '../../support/temporary'

let database: ReturnType<typeof temporaryDatabase>
const open = (url: string) => openStore(url, { ...quiet, patience: PATIENCE })

beforeEach(() => {
  database = temporaryDatabase()
})
afterEach(async () => {
  for (const service of running) await close(service)
  database.remove()
})

const running = new Set<Service>()
async function serve(options: ServiceOptions): Promise<Service> {
  const service = await startService(options)
  running.add(service)
  return service
}
async function close(service: Service): Promise<void> {
  if (running.delete(service)) await service.close()
}

/**
 * A lock that stays taken is waited for so long. A lock that nobody holds is taken at the first look,
 * however busy the machine is.
 */
const SHORT = { sqliteWriteMs: 50 }

test('a file that another process keeps locked: 503, reads go on, then it recovers', async () => {
  const service = await serve({ database: database.url, patience: SHORT })
  const { token } = await service.logIn()
  const other = openSqlite(database.file, { busyTimeoutMs: 0, cacheKib: 1000 })
  other.exec('begin immediate')
  const code = service.simulator.mintCode()
  const refused = await service.http.post('/login').send({ code })
  expect(refused.status).toBe(503)
  expect(refused.body).toMatchObject({ error: 'store_unavailable', action: 'wait', retry_after: 1 })
  expect(refused.headers['retry-after']).toBe('1')
  const logout = service.http.post('/logout').set('Authorization', `Bearer ${token}`)
  expect((await logout).status).toBe(503)
  const check = await service.http.get(`/checklogin?token=${token}`).expect(200)
  expect(check.body.is_login).toBe(true)
  expect((await service.http.get('/readyz')).status).toBe(503)
  other.exec('rollback')
  other.close()
  await service.http.get('/readyz').expect(200)
  await service.logIn()
  // The refused one never reached WeChat, so the same code still logs in.
  await service.http.post('/login').send({ code }).expect(200)
})

test('a login that the store lost after WeChat answered: its code is told to be used, at once', async () => {
  const service = await serve({ database: database.url, patience: SHORT })
  const other = openSqlite(database.file, { busyTimeoutMs: 0, cacheKib: 1000 })
  const code = service.simulator.mintCode()
  service.simulator.fail({ late: 100 })
  const underWay = service.http
    .post('/login')
    .send({ code })
    .then(answer => answer)
  while (service.simulator.calls.length === 0) await sleep(5)
  other.exec('begin immediate')
  expect((await underWay).status).toBe(503)
  other.exec('rollback')
  other.close()
  const { body } = await service.http.post('/login').send({ code }).expect(400)
  expect(body).toMatchObject({ error: 'code_used', action: 'login' })
  expect(service.simulator.calls).toHaveLength(1)
})

test('a folder that cannot be written is refused by its path', async () => {
  const file = join(dirname(database.file), 'file')
  writeFileSync(file, '')
  await expect(open(`sqlite:${file}/login.db`)).rejects.toMatchObject({
    name: 'ConfigError',
    message: expect.stringContaining(file),
  })
  mkdirSync(database.file)
  await expect(open(database.url)).rejects.toMatchObject({ name: 'ConfigError' })
})

const PAGE = 4096

/**
 * Overwrites pages with what no page begins with: of those with sessions, users and codes. The first
 * ones hold the schema, its versions and the counters.
 */
function damage(file: string): void {
  const descriptor = openSync(file, 'r+')
  for (let page = 24; page * PAGE < statSync(file).size; page += 4) {
    writeSync(descriptor, Buffer.alloc(PAGE, 0xa5), 0, PAGE, page * PAGE)
  }
  closeSync(descriptor)
}

async function withSessions(count: number): Promise<string[]> {
  const service = await serve({ database: database.url })
  const logins = Array.from({ length: count }, (_, i) => service.logIn(`user-${i}`))
  const tokens = (await Promise.all(logins)).map(({ token }) => token)
  await close(service)
  return tokens
}

/** Opening the file names the setting and the way back, and leaves every byte as it was. */
async function expectRefusedUntouched(): Promise<void> {
  const before = readFileSync(database.file)
  await expect(open(database.url)).rejects.toMatchObject({
    name: 'ConfigError',
    message: expect.stringMatching(/DATABASE_URL.*login\.db.*backup/s),
  })
  expect(readFileSync(database.file).equals(before)).toBe(true)
}

test('a damaged file is refused at the start, with the steps to restore it, and left as it is', async () => {
  await withSessions(200)
  damage(database.file)
  await expectRefusedUntouched()
})

const LARGE = 9 * 1024 * 1024

/** Lets a file of ours grow beyond what a start checks. */
function makeLarge(): void {
  const connection = openSqlite(database.file, { busyTimeoutMs: 1000, cacheKib: 1000 })
  const expiresAt = Date.now() + 3_600_000
  connection.exec(`
    with recursive count(n) as (select 1 union all select n + 1 from count where n < 4000)
    insert into mpl_shared_values (key, value, expires_at)
      select hex(randomblob(16)), hex(randomblob(1200)), ${expiresAt} from count`)
  connection.exec('pragma wal_checkpoint(truncate)')
  connection.close()
  expect(statSync(database.file).size).toBeGreaterThan(LARGE)
}

test('a large file is checked beside the start: a whole one is written to after that', async () => {
  const [token] = await withSessions(1)
  makeLarge()
  const service = await serve({ database: database.url })
  expect((await service.http.get(`/checklogin?token=${token}`)).body.is_login).toBe(true)
  await service.http.get('/readyz').expect(200)
  await service.logIn('bob')
})

test('a large file that is damaged: told without being asked, never written to, what is whole is read', async () => {
  await withSessions(200)
  makeLarge()
  damage(database.file)
  const before = readFileSync(database.file)
  const service = await serve({ database: database.url })
  const losses = () => service.logLines.filter(({ event }) => event === 'store.lost')
  while (losses().length === 0) await sleep(5)
  expect(losses()).toMatchObject([
    {
      level: 'error',
      fields: { reason: 'sqlite_damaged', fix: expect.stringContaining('backup') },
    },
  ])
  const code = service.simulator.mintCode()
  expect((await service.http.post('/login').send({ code })).status).toBe(503)
  expect(service.simulator.calls).toHaveLength(0)
  await service.http.get('/readyz').expect(503)
  await service.http.get('/livez').expect(200)
  await close(service)
  expect(readFileSync(database.file).equals(before)).toBe(true)
})

test('a large file that is damaged is not migrated: the start is refused', async () => {
  await withSessions(200)
  makeLarge()
  const connection = openSqlite(database.file, { busyTimeoutMs: 1000, cacheKib: 1000 })
  connection.exec(`delete from mpl_login_migrations where name like '0017%'`)
  connection.exec('pragma wal_checkpoint(truncate)')
  connection.close()
  damage(database.file)
  await expectRefusedUntouched()
})

test('a file that is no database is refused at the start and left as it is', async () => {
  writeFileSync(database.file, 'somebody’s novel '.repeat(1000))
  await expectRefusedUntouched()
})

test('a file that is damaged while it is used: never a wrong answer, not written to, told once', async () => {
  const tokens = await withSessions(200)
  const service = await serve({ database: database.url })
  const other = await open(database.url)
  damage(database.file)
  // A write to a page that is whole: whoever read before it has to read the file anew.
  await other.ping()
  await other.close()
  const readyz = async () => (await service.http.get('/readyz')).status
  const answers = await Promise.all(
    tokens.map(token => service.http.get(`/checklogin?token=${token}`)),
  )
  const seen = answers.map(({ body }) => body.is_login ?? body.error)
  expect(new Set(seen)).toEqual(new Set([true, 'store_unavailable']))
  // Now that it is known, nothing is written any more, also where the file is still whole.
  const code = service.simulator.mintCode()
  const { status, body, headers } = await service.http.post('/login').send({ code })
  expect({ status, error: body.error }).toEqual({ status: 503, error: 'store_unavailable' })
  expect(headers['retry-after']).toBe('1')
  expect(await readyz()).toBe(503)
  await service.http.get('/livez').expect(200)
  expect(service.logLines.filter(({ level }) => level === 'error')).toEqual([
    {
      level: 'error',
      event: 'store.lost',
      fields: {
        outcome: 'failed',
        setting: 'DATABASE_URL (database)',
        reason: 'sqlite_damaged',
        fix: expect.stringContaining('backup'),
      },
    },
  ])
})

test('a file that is moved away: nothing is acknowledged that would be lost, until it is back', async () => {
  const service = await serve({ database: database.url })
  const { token } = await service.logIn()
  const away = `${database.file}.away`
  renameSync(database.file, away)
  const code = service.simulator.mintCode()
  expect((await service.http.post('/login').send({ code })).status).toBe(503)
  expect((await service.http.get('/readyz')).status).toBe(503)
  expect((await service.http.get(`/checklogin?token=${token}`)).body.is_login).toBe(true)
  writeFileSync(database.file, '')
  expect((await service.http.post('/login').send({ code })).status).toBe(503)
  renameSync(away, database.file)
  const { token: later } = await service.logIn('bob')
  const told = service.logLines.map(({ event, fields }) => [event, fields.reason])
  expect(told).toContainEqual(['store.lost', 'sqlite_file_gone'])
  expect(told).toContainEqual(['store.back', undefined])
  await close(service)
  const restarted = await serve({ database: database.url })
  for (const each of [token, later]) {
    expect((await restarted.http.get(`/checklogin?token=${each}`)).body.is_login).toBe(true)
  }
})

interface Disk {
  readonly folder: string
  fill(pid: number): void
  free(pid: number): void
  remove(): void
}

/** A small disk that can be filled, where we may mount one; else files that may not grow. */
function smallDisk(): Disk {
  const folder = dirname(database.file)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    const limit = (bytes: string) => (pid: number) =>
      void execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
    return { folder, fill: limit('1024'), free: limit('unlimited'), remove() {} }
  }
  const filler = join(folder, 'filler')
  return {
    folder,
    fill() {
      const descriptor = openSync(filler, 'w')
      try {
        for (;;) writeSync(descriptor, Buffer.alloc(1024))
      } catch {
        closeSync(descriptor)
      }
    },
    free: () => rmSync(filler),
    remove: () => void execFileSync('umount', [folder]),
  }
}

test('a full disk: no login, no log-out that only seems one, checks go on; with space again all is well', async () => {
  const disk = smallDisk()
  const apps = { [OTHER_APP.appid]: OTHER_APP.secret }
  const simulator: Simulator = createSimulator({ apps })
  await simulator.listen()
  const server = await startServer(
    {
      WX_APPID: OTHER_APP.appid,
      WX_SECRET: OTHER_APP.secret,
      WX_API_BASE_URL: simulator.url,
      JWT_SECRET,
      DATABASE_URL: `sqlite:${join(disk.folder, 'login.db')}`,
    },
    disk.folder,
  )
  const http = supertest(server.url)
  const logIn = () => http.post('/login').send({ code: simulator.mintCode() })
  const logOut = (token: string) => http.post('/logout').set('Authorization', `Bearer ${token}`)
  const check = async (token: string) =>
    (await http.get(`/checklogin?token=${token}`)).body.is_login
  const pid = Number(server.child.pid)
  const alive: string[] = []
  try {
    alive.push((await logIn()).body.token)
    disk.fill(pid)
    let answer = await logIn()
    // What the files have in reserve takes a few more.
    for (let i = 0; answer.status === 200 && i < 50; i++) {
      alive.push(answer.body.token)
      answer = await logIn()
    }
    expect({ status: answer.status, error: answer.body.error }).toEqual({
      status: 503,
      error: 'store_unavailable',
    })
    expect(answer.headers['retry-after']).toBe('1')
    expect((await logOut(String(alive[0]))).status).toBe(503)
    expect((await http.get('/readyz')).status).toBe(503)
    // A login that cannot claim its code frees it: that writes nothing, and is no sign of space.
    for (let i = 0; i < 5; i++) expect((await logIn()).status).toBe(503)
    expect(server.output()).not.toContain('store.back')
    // Ten sessions of a user stay.
    const latest = alive.slice(-10)
    for (const token of latest) expect(await check(token)).toBe(true)
    disk.free(pid)
    expect((await http.get('/readyz')).status).toBe(200)
    const { status, body } = await logIn()
    expect(status).toBe(200)
    expect(await check(body.token)).toBe(true)
    expect((await logOut(body.token)).status).toBe(200)
    expect(await check(body.token)).toBe(false)
    expect(server.output()).toMatch(/error.*store\.lost.*sqlite_(full|io).*fix/)
    expect(server.output()).toContain('store.back')
  } finally {
    await server.stop('SIGKILL')
    await simulator.close()
    disk.remove()
  }
})
