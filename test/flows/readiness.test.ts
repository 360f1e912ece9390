import {
  available,
  type DatabaseServer,
  startMariadb,
  startPostgres,
  startRedis,
} from '../support/databases'
import { redisCommand } from '../support/redis-command'
import { INTERNAL_TOKEN, type Service, startService } from '../support/service'
import { type Admin, SQL_SERVERS } from '../support/sql-servers'

/** What a balancer hears, and what a client hears at the same moment. */
async function ask({ http, simulator }: Service) {
  const inside = await http.get('/readyz').set('X-Internal-Token', INTERNAL_TOKEN)
  const outside = await http.get('/readyz')
  const login = await http.post('/login').send({ code: simulator.mintCode() })
  expect(outside.body).not.toHaveProperty('parts')
  return { ready: outside.status, login: login.status, parts: inside.body.parts }
}

const WELL = { ready: 200, login: 200 }
const ILL = { ready: 503, login: 503 }

describe.each(available('postgres') ? ['PostgreSQL'] : [])('%s', () => {
  let server: DatabaseServer
  let admin: Admin
  let service: Service
  beforeAll(async () => {
    server = await startPostgres()
    admin = (await SQL_SERVERS.PostgreSQL?.connect(server)) as Admin
    // The operator's role makes the tables, and the service's own role may only use them.
    await (await startService({ database: server.url })).close()
    await admin.query('create role app login')
    const all = 'select, insert, update, delete on all tables in schema public'
    await admin.query(`grant ${all} to app`)
    service = await startService({ database: server.url.replace('//test@', '//app@') })
  })
  afterAll(async () => {
    await service.close()
    admin.end()
    await server.remove()
  })

  test.each([
    ['insert', 'mpl_login_codes'],
    ['update', 'mpl_login_codes'],
    ['insert', 'mpl_users'],
    ['update', 'mpl_users'],
    ['select', 'mpl_users'],
    ['insert', 'mpl_sessions'],
    ['delete', 'mpl_sessions'],
  ])('without the right to %s on %s no login works, and /readyz says so', async (right, table) => {
    expect(await ask(service)).toMatchObject({ ...WELL, parts: { database: 'ok' } })
    await admin.query(`revoke ${right} on ${table} from app`)
    try {
      expect(await ask(service)).toMatchObject({ ...ILL, parts: { database: '42501' } })
    } finally {
      await admin.query(`grant ${right} on ${table} to app`)
    }
    expect(await ask(service)).toMatchObject(WELL)
  })
})

describe.each(available('mariadb') ? ['MariaDB'] : [])('%s', () => {
  test('a server that can only be read takes no login, and /readyz says so', async () => {
    const server = await startMariadb()
    const kind = SQL_SERVERS.MariaDB as NonNullable<(typeof SQL_SERVERS)[string]>
    const admin = await kind.connect(server)
    const service = await startService({ database: kind.urlFor(server) })
    try {
      expect(await ask(service)).toMatchObject({ ...WELL, parts: { database: 'ok' } })
      for (const sql of kind.readOnly(true)) await admin.query(sql)
      const { parts, ...heard } = await ask(service)
      expect(heard).toEqual(ILL)
      expect(parts.database).not.toBe('ok')
      for (const sql of kind.readOnly(false)) await admin.query(sql)
      let now = await ask(service)
      while (now.ready === 503) now = await ask(service)
      expect(now).toMatchObject(WELL)
    } finally {
      await service.close()
      admin.end()
      await server.remove()
    }
  })
})

describe.each(available('redis') ? ['Redis'] : [])('%s', () => {
  let server: DatabaseServer
  let service: Service
  const RIGHTS = ['+@all', '~*', '&*']
  beforeAll(async () => {
    server = await startRedis()
    await redisCommand(server.url, 'ACL', 'SETUSER', 'app', 'on', '>test-only-secret', ...RIGHTS)
    const redisUrl = server.url.replace('//', '//app:test-only-secret@')
    service = await startService({ redisUrl })
  })
  afterAll(async () => {
    await service.close()
    await server.remove()
  })

  test.each([['-evalsha', '-eval'], ['-zadd'], ['-hset'], ['resetkeys']])(
    'with %s in the ACL no login works, and /readyz says so',
    async (...rules) => {
      expect(await ask(service)).toMatchObject({ ...WELL, parts: { database: 'ok', redis: 'ok' } })
      await redisCommand(server.url, 'ACL', 'SETUSER', 'app', ...rules)
      expect(await ask(service)).toMatchObject({ ...ILL, parts: { database: 'ok' } })
      const { parts } = await ask(service)
      expect(parts.redis).toMatch(/noperm/)
      await redisCommand(server.url, 'ACL', 'SETUSER', 'app', ...RIGHTS)
      expect(await ask(service)).toMatchObject(WELL)
    },
  )

  test('a memory that is full takes no login, and /readyz says so', async () => {
    await redisCommand(server.url, 'CONFIG', 'SET', 'maxmemory', '1')
    expect(await ask(service)).toMatchObject(ILL)
    await redisCommand(server.url, 'CONFIG', 'SET', 'maxmemory', '0')
    expect(await ask(service)).toMatchObject(WELL)
  })

  test('what a try wrote is gone again', async () => {
    await service.http.get('/readyz').expect(200)
    expect(await redisCommand(server.url, 'KEYS', '*trial*')).toEqual([])
  })
})
