import { randomUUID } from 'node:crypto'
import type { Login } from '../../src/index'
import { createUsers } from '../../src/login/users'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { available } from '../support/databases'
import { INTERNAL_TOKEN, OTHER_APP, type Service, startService } from '../support/service'
import { sharedDatabase } from '../support/shared-servers/database'
import { temporaryDatabase } from '../support/temporary'

const [ONE, TWO] = [SIMULATOR_APP.appid, OTHER_APP.appid]

async function logInTo(service: Service, appid: string, user: string): Promise<string> {
  const code = service.simulator.mintCode({ user, appid })
  const { body } = await service.http
    .post(`${service.prefix}/login`)
    .send({ code, appid })
    .expect(200)
  return body.token
}

const idOf = async ({ http, prefix }: Service, token: string): Promise<string> =>
  (await http.get(`${prefix}/me`).set('token', token).expect(200)).body.id

describe('a service for two mini programs', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService({
      host: 'Express 5, mounted',
      routes(app, login) {
        app.get('/one', login.requiredFor(ONE), (req, res) => void res.json(req.login.appid))
        app.get('/two', login.requiredFor(TWO), (req, res) => void res.json(req.login.appid))
        app.get('/both', login.required, (req, res) => void res.json(req.login.appid))
      },
    })
  })
  afterAll(() => service.close())

  test('a route for one of them refuses the other’s token as it refuses a forged one', async () => {
    const tokens = [await logInTo(service, ONE, 'ann'), await logInTo(service, TWO, 'ann')]
    const [one = '', two = ''] = tokens
    const get = (path: string, token: string) =>
      service.http.get(path).set('Authorization', `Bearer ${token}`)
    expect((await get('/one', one).expect(200)).body).toBe(ONE)
    expect((await get('/two', two).expect(200)).body).toBe(TWO)
    for (const token of tokens) await get('/both', token).expect(200)

    const forged = await get('/one', `${one.slice(0, -4)}AAAA`).expect(401)
    for (const answer of [await get('/one', two), await get('/two', one)]) {
      expect(answer.status).toBe(401)
      const { request_id } = answer.body
      expect(answer.body).toEqual({ ...forged.body, request_id })
      expect(answer.body.error).toBe('token_invalid')
    }
  })

  test('a guard for an app that is not configured is refused when it is made', () => {
    expect(() => service.login.requiredFor('wx2222222222222222')).toThrow(TypeError)
  })

  test('a code of one app is not exchanged for the other, nor for one that nobody configured', async () => {
    const code = service.simulator.mintCode({ appid: ONE })
    const asked = await service.http.post('/api/v1/login').send({ code, appid: TWO }).expect(400)
    expect(asked.body.error).toBe('code_invalid')
    const before = service.simulator.calls.length
    const unknown = { code, appid: 'wx2222222222222222' }
    const { body } = await service.http.post('/api/v1/login').send(unknown).expect(400)
    expect(body.error).toBe('unknown_appid')
    expect(service.simulator.calls).toHaveLength(before)
  })
})

test('a service for one of two apps, on the same secret and database, takes no token of the other', async () => {
  const database = temporaryDatabase()
  const both = await startService({ database: database.url })
  const apps = { [TWO]: OTHER_APP.secret }
  const { simulator, clock } = both
  const second = await startService({ database: database.url, apps, simulator, clock })
  try {
    const [one, two] = [await logInTo(both, ONE, 'ann'), await logInTo(both, TWO, 'ann')]
    await second.http.get('/me').set('token', two).expect(200)
    for (const [method, path] of [
      ['get', '/me'],
      ['put', '/me'],
      ['post', '/refresh'],
      ['post', '/logout'],
      ['get', '/verify'],
    ] as const) {
      const { status, body } = await second.http[method](path).set('token', one)
      expect([path, status, body.error]).toEqual([path, 401, 'token_invalid'])
    }
    const state = await second.http.get(`/checklogin?token=${one}`).expect(200)
    expect(state.body).toMatchObject({ is_login: false, reason: 'token_invalid' })
    await both.http.get('/me').set('token', one).expect(200)
  } finally {
    await second.close()
    await both.close()
    database.remove()
  }
})

describe('login.users', () => {
  let service: Service
  let users: Login['users']
  const user = randomUUID().slice(0, 8)
  const ids: string[] = []

  beforeAll(async () => {
    service = await startService()
    users = service.login.users
    for (const appid of [ONE, TWO]) {
      service.simulator.setUnionidBound(appid, true)
      ids.push(await idOf(service, await logInTo(service, appid, user)))
      service.clock.advance(1)
    }
    await logInTo(service, ONE, 'somebody-else')
  })
  afterAll(() => service.close())

  test('finds a user by id and by the identity within one app', async () => {
    for (const [i, appid] of [ONE, TWO].entries()) {
      const { openid, unionid } = service.simulator.user(user, appid)
      const found = await users.byId(String(ids[i]))
      expect(found).toMatchObject({ id: ids[i], appid, openid, unionid, phoneNumber: null })
      expect(await users.byOpenid(appid, openid)).toEqual(found)
    }
    expect(await users.byOpenid(TWO, service.simulator.user(user, ONE).openid)).toBeUndefined()
  })

  test('one person in two apps of one company is two users that the unionid links', async () => {
    expect(ids[0]).not.toBe(ids[1])
    const { unionid } = service.simulator.user(user)
    expect((await users.byUnionid(unionid)).map(({ id }) => id)).toEqual(ids)
  })

  test('follows an app that moves to another Open Platform account, at each user’s next login', async () => {
    const { simulator } = service
    const before = simulator.user(user, TWO).unionid
    simulator.setUnionidBound(TWO, true, 'another-company')
    const after = simulator.user(user, TWO).unionid
    expect(after).not.toBe(before)
    expect(await users.byUnionid(before)).toHaveLength(2)
    expect(await idOf(service, await logInTo(service, TWO, user))).toBe(ids[1])
    expect((await users.byUnionid(before)).map(({ id }) => id)).toEqual([ids[0]])
    expect((await users.byUnionid(after)).map(({ id }) => id)).toEqual([ids[1]])
  })

  test('says that nobody is there, whatever it is asked for', async () => {
    for (const name of ['', 'nobody', '\0', 'a\nb', "' or 1=1 --", '%']) {
      expect(await users.byId(name)).toBeUndefined()
      expect(await users.byOpenid(name, name)).toBeUndefined()
      expect(await users.byUnionid(name)).toEqual([])
      expect(await users.byPhone(name)).toEqual([])
    }
  })
})

test('the store is not asked for what no name can hold: PostgreSQL takes a NUL for a fault', async () => {
  const asked = () => Promise.reject(new Error('it was asked'))
  const lookups = { find: asked, findByOpenid: asked, findByUnionid: asked, findByPhone: asked }
  const users = createUsers({
    stored: { ...lookups, list: asked },
    proven: { one: asked, all: asked },
    sessions: { list: asked },
    changes: { logOut: asked, disable: asked, enable: asked, erase: asked },
  })
  expect(await users.byId('\0')).toBeUndefined()
  expect(await users.byOpenid(ONE, 'a\0')).toBeUndefined()
  expect(await users.byUnionid('\n')).toEqual([])
  expect(await users.byPhone('1\u0085')).toEqual([])
})

const stores = ['memory', 'SQLite', ...(available('redis') ? ['Redis'] : [])]
test.each(stores)(
  'a unionid that arrives late shows in sessions that live already (%s)',
  async kind => {
    const database = temporaryDatabase()
    const redis = kind === 'Redis' ? await sharedDatabase('redis') : undefined
    const url = kind === 'memory' ? 'memory:' : database.url
    const service = await startService({ database: url, redisUrl: redis?.url })
    try {
      const { simulator, http } = service
      const unionidOf = async (token: string) => {
        const trusted = { Authorization: `Bearer ${token}`, 'X-Internal-Token': INTERNAL_TOKEN }
        return (await http.get('/verify').set(trusted).expect(200)).headers['x-unionid']
      }
      const first = await logInTo(service, ONE, 'lateral')
      expect(await unionidOf(first)).toBe('')
      simulator.setUnionidBound(ONE, true)
      const second = await logInTo(service, ONE, 'lateral')
      const { unionid } = simulator.user('lateral')
      for (const token of [first, second]) expect(await unionidOf(token)).toBe(unionid)
      // Absent means unknown: a login that does not name it takes nothing away.
      simulator.setUnionidBound(ONE, false)
      const third = await logInTo(service, ONE, 'lateral')
      for (const token of [first, second, third]) expect(await unionidOf(token)).toBe(unionid)
    } finally {
      await service.close()
      database.remove()
    }
  },
)

test('around a reset of the AppSecret both are configured, and logins go on', async () => {
  const fresh = 'a3f1b00c5117a7eda3f1b00c5117a7ed'
  const service = await startService()
  const apps = { [ONE]: [fresh, SIMULATOR_APP.secret] as const }
  const rotating = await startService({ apps, simulator: service.simulator })
  try {
    await rotating.logIn()
    await rotating.logIn()
    expect(service.simulator.calls.map(({ errcode }) => errcode)).toEqual([
      40125,
      undefined,
      undefined,
    ])
    expect(rotating.logLines.filter(({ event }) => event === 'wechat_app_secret')).toHaveLength(1)
  } finally {
    await rotating.close()
    await service.close()
  }
})
