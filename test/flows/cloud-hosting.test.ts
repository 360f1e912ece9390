import { LoginError } from '../../src/index'
import { SIMULATOR_APP } from '../../src/simulator/index'
import {
  HOSTS,
  OTHER_APP,
  type Service,
  type ServiceOptions,
  startService,
} from '../support/service'
import { temporaryFolder } from '../support/temporary'

const ENV = 'prod-0a1b2c3d4e'
const CLOUD = { cloudRunEnv: ENV, cbrEnvId: ENV }

/** As the gateway of WeChat Cloud Hosting sends a request on. */
const from = (openid: string, more: Record<string, string> = {}) => ({
  'X-WX-ENV': ENV,
  'X-WX-SOURCE': 'wx_client',
  'X-WX-OPENID': openid,
  'X-WX-APPID': SIMULATOR_APP.appid,
  ...more,
})
/** Under resource sharing: the user of the other app, which called. */
const shared = (openid: string) => {
  const { 'X-WX-OPENID': _, ...rest } = from(openid)
  return { ...rest, 'X-WX-FROM-OPENID': openid, 'X-WX-FROM-APPID': OTHER_APP.appid }
}
const ALICE = 'oABCDEFGHIJKLMNOPQRSTUVWalic'
const BOB = 'oABCDEFGHIJKLMNOPQRSTUVWXbob'

/** A shop's own routes behind the guard: one says who asks, one what is left of the headers. */
const routes: ServiceOptions['routes'] = (app, login) => {
  app.get('/who', login.required, (req, res) => {
    const { userId, openid, unionid, appid, sessionId } = req.login
    let key = 'none'
    try {
      req.login.sessionKey()
    } catch (error) {
      key = (error as { code: string }).code
    }
    res.json({ userId, openid, unionid, appid, hasSession: sessionId !== '', key })
  })
  app.get('/other', login.requiredFor(OTHER_APP.appid), (req, res) => void res.json(req.login))
  app.get('/headers', login.required, (req, res) => {
    const raw = req.rawHeaders.filter((_, i) => i % 2 === 0).map(name => name.toLowerCase())
    res.json([...new Set([...Object.keys(req.headers), ...raw])].filter(n => n.startsWith('x-wx-')))
  })
}

let service: Service
const start = async (options: ServiceOptions = {}) => {
  service = await startService(options)
}
const startMounted = (options: ServiceOptions = {}) =>
  start({ host: 'Express 5, mounted', routes, ...options })
afterEach(() => service.close())

const openidOf = async (token: string) => {
  const { body } = await service.http.get('/who').set({ token }).expect(200)
  return String(body.openid)
}
const events = () => service.logLines.map(({ event }) => event).filter(name => /\./.test(name))

describe.each(HOSTS)('in its own env, %s', host => {
  test('the gateway’s openid is the identity, and no token is needed', async () => {
    await start({ host, ...CLOUD })
    const { prefix, http } = service
    const { body } = await http.get(`${prefix}/me`).set(from(ALICE)).expect(200)
    const again = await http.get(`${prefix}/me`).set(from(ALICE)).expect(200)
    const other = await http.get(`${prefix}/me`).set(from(BOB)).expect(200)
    expect(again.body.id).toBe(body.id)
    expect(other.body.id).not.toBe(body.id)
    expect(JSON.stringify(body)).not.toContain(ALICE)
    expect(events()).toEqual(['login.succeeded', 'login.succeeded'])
    expect(service.simulator.calls).toEqual([])
  })
})

describe('the user', () => {
  test('is the same as by a code, and everything of a session works but its session_key', async () => {
    await startMounted(CLOUD)
    const { prefix, http } = service
    const { token } = await service.logIn('alice')
    const openid = await openidOf(token)
    const ofToken = (await http.get(`${prefix}/me`).set({ token }).expect(200)).body
    const cloud = from(openid)
    expect((await http.get(`${prefix}/me`).set(cloud).expect(200)).body.id).toBe(ofToken.id)
    const who = await http.get('/who').set(cloud).expect(200)
    expect(who.body).toEqual({
      ...{ userId: ofToken.id, openid, appid: SIMULATOR_APP.appid },
      ...{ hasSession: true, key: 'session_key_stale' },
    })
    const { body: listed } = await http.get(`${prefix}/sessions`).set(cloud).expect(200)
    expect(listed.sessions).toHaveLength(2)
    const stale = await http.post(`${prefix}/checksession`).set(cloud).expect(409)
    expect(stale.body.error).toBe('session_key_stale')
    // A token of this session, for a transport that the gateway does not serve.
    const { body: refreshed } = await http.post(`${prefix}/refresh`).set(cloud).expect(200)
    await http.get(`${prefix}/me`).set({ token: refreshed.token }).expect(200)
    const phoneCode = service.simulator.mintPhoneCode({ user: 'alice' })
    const phone = await http
      .post(`${prefix}/phone`)
      .set(cloud)
      .send({ code: phoneCode })
      .expect(200)
    expect(phone.body.phone_number).toMatch(/^1380000/)
  })

  test('opens encrypted data by the session_key of a login of theirs', async () => {
    await startMounted(CLOUD)
    const { prefix, http } = service
    const openid = await openidOf((await service.logIn('alice')).token)
    const { encryptedData, iv } = service.simulator.encryptUserInfo({ user: 'alice' })
    const asking = http.post(`${prefix}/decrypt`).set(from(openid))
    expect((await asking.send({ encryptedData, iv }).expect(200)).body).toHaveProperty('nickName')
  })

  test('has a unionid where WeChat gives it, and keeps it', async () => {
    await startMounted(CLOUD)
    const cloud = from(ALICE, { 'X-WX-UNIONID': 'u_of_alice_123' })
    const { body } = await service.http.get('/who').set(cloud).expect(200)
    expect(body.unionid).toBe('u_of_alice_123')
    const [user] = await service.login.users.byUnionid('u_of_alice_123')
    expect(user?.id).toBe(body.userId)
  })

  test('of the other app is who asks under resource sharing', async () => {
    await startMounted(CLOUD)
    const { body } = await service.http.get('/other').set(shared(ALICE)).expect(200)
    expect(body).toMatchObject({ openid: ALICE, appid: OTHER_APP.appid })
    const plain = await service.http.get('/other').set(from(ALICE)).expect(401)
    expect(plain.body.error).toBe('token_invalid')
  })

  test('who is logged out has another session with the next request, told once each', async () => {
    await startMounted(CLOUD)
    const { prefix, http } = service
    await http.get('/who').set(from(ALICE)).expect(200)
    await http.post(`${prefix}/logout`).set(from(ALICE)).expect(200)
    await http.get('/who').set(from(ALICE)).expect(200)
    expect(events()).toEqual(['login.succeeded', 'session.ended', 'login.succeeded'])
  })

  test('who is disabled is refused with 403 from the next request on', async () => {
    await startMounted(CLOUD)
    const { body } = await service.http.get('/who').set(from(ALICE)).expect(200)
    await service.login.users.disable(body.userId)
    for (let i = 0; i < 2; i++) {
      const refused = await service.http.get('/who').set(from(ALICE)).expect(403)
      expect(refused.body).toMatchObject({ error: 'user_disabled', action: 'contact_admin' })
    }
    await service.login.users.enable(body.userId)
    const back = await service.http.get('/who').set(from(ALICE)).expect(200)
    expect(back.body.userId).toBe(body.userId)
  })

  test('who was erased is somebody new', async () => {
    await startMounted(CLOUD)
    const { body } = await service.http.get('/who').set(from(ALICE)).expect(200)
    await service.login.users.erase(body.userId)
    const next = await service.http.get('/who').set(from(ALICE)).expect(200)
    expect(next.body.userId).not.toBe(body.userId)
  })
})

describe('a host', () => {
  test('hears of the login by its hooks, once, and may refuse it', async () => {
    const heard: string[] = []
    let refuse = false
    await startMounted({
      ...CLOUD,
      hooks: {
        beforeLogin({ openid }) {
          if (refuse) throw new LoginError('login_refused')
          heard.push(`before ${openid}`)
        },
        afterLogin({ openid, isNewUser }) {
          heard.push(`after ${openid} ${isNewUser}`)
        },
      },
    })
    for (let i = 0; i < 2; i++) await service.http.get('/who').set(from(ALICE)).expect(200)
    expect(heard).toEqual([`before ${ALICE}`, `after ${ALICE} true`])
    refuse = true
    const { body } = await service.http.get('/who').set(from(BOB)).expect(403)
    expect(body.error).toBe('login_refused')
    expect(await service.login.users.byOpenid(SIMULATOR_APP.appid, BOB)).toBeUndefined()
    expect(events()).toEqual(['login.succeeded', 'login.refused'])
  })

  test('with an optional login sees the gateway’s user, and nobody where there is none', async () => {
    await start({
      host: 'Express 5, mounted',
      routes(app, login) {
        app.get('/maybe', login.optional, (req, res) => {
          res.json({ openid: login.of(req, { optional: true })?.openid ?? null })
        })
      },
      ...CLOUD,
    })
    const ask = async (headers: Record<string, string>) =>
      (await service.http.get('/maybe').set(headers)).body
    expect(await ask(from(ALICE))).toEqual({ openid: ALICE })
    expect(await ask({})).toEqual({ openid: null })
    expect(await ask(from(ALICE, { 'X-WX-ENV': 'prod-other' }))).toEqual({ openid: null })
  })
})

describe('a token beside the gateway’s word', () => {
  test('must be of the same person', async () => {
    await startMounted(CLOUD)
    const { token } = await service.logIn('alice')
    const openid = await openidOf(token)
    await service.http
      .get('/who')
      .set({ ...from(openid), token })
      .expect(200)
    const { body } = await service.http
      .get('/who')
      .set({ ...from(BOB), token })
      .expect(401)
    expect(body.error).toBe('token_invalid')
    expect(service.logLines.at(-1)).toMatchObject({
      ...{ event: 'token.refused', fields: { reason: 'another_person' } },
    })
  })

  test('is what counts where the gateway names nobody', async () => {
    await startMounted(CLOUD)
    const { token } = await service.logIn('alice')
    const nobody = { 'X-WX-ENV': ENV, 'X-WX-SOURCE': 'web', token }
    await service.http.get('/who').set(nobody).expect(200)
    await service.http
      .get('/who')
      .set({ ...nobody, token: 'x.y.z' })
      .expect(401)
  })

  test('a login code beside it stays unspent', async () => {
    await startMounted(CLOUD)
    const code = service.simulator.mintCode()
    await service.http
      .get('/who')
      .set(from(ALICE, { 'X-WX-Code': code }))
      .expect(200)
    await service.http.post(`${service.prefix}/login`).send({ code }).expect(200)
  })
})

describe('what is not the gateway’s', () => {
  test.each([
    ['of another env', from(ALICE, { 'X-WX-ENV': 'prod-other' }), 'cloud_env'],
    ['without a source', from(ALICE, { 'X-WX-SOURCE': '' }), 'cloud_source'],
    [
      'of an app that is not ours',
      from(ALICE, { 'X-WX-APPID': 'wx2222222222222222' }),
      'cloud_appid',
    ],
    ['with an openid that is none', from('a b'), 'cloud_form'],
    [
      'with a FROM pair beside the openid',
      from(ALICE, { 'X-WX-FROM-OPENID': BOB, 'X-WX-FROM-APPID': OTHER_APP.appid }),
      'cloud_conflict',
    ],
  ])('is no identity: %s; the log says why', async (_, headers, reason) => {
    await start(CLOUD)
    const { body } = await service.http.get('/me').set(headers).expect(401)
    expect(body.error).toBe('token_missing')
    expect(JSON.parse(service.requestLines.at(-1) ?? '{}')).toMatchObject({ reason })
    expect(events()).toEqual(['token.refused'])
    expect(service.logLines.at(-1)?.fields).toMatchObject({ error: 'token_missing', reason })
  })

  test('is 429 after as many as forged tokens may be, and a token that holds passes still', async () => {
    await start({ ...CLOUD, rateLimit: 2 })
    const { token } = await service.logIn('alice')
    const forged = from(ALICE, { 'X-WX-ENV': 'prod-other' })
    const ask = async (headers: Record<string, string>) =>
      (await service.http.get('/me').set(headers)).status
    expect([await ask(forged), await ask(forged), await ask(forged)]).toEqual([401, 401, 429])
    expect([await ask({ token: 'x.y.z' }), await ask({ ...forged, token })]).toEqual([429, 200])
  })

  test.each(HOSTS)('does not reach /verify, which a gateway of one’s own asks (%s)', async host => {
    await start({ host, ...CLOUD })
    await service.http.get(`${service.prefix}/verify`).set(from(ALICE)).expect(401)
    const { body } = await service.http.get(`${service.prefix}/checklogin`).set(from(ALICE))
    expect(body).toMatchObject({ is_login: false, reason: 'token_missing' })
  })

  test.each(HOSTS.filter(host => host !== 'standalone'))(
    'is taken off the request before a handler sees it, with the setting and without (%s)',
    async host => {
      for (const setting of [{}, CLOUD]) {
        await start({ host, routes, ...setting })
        const { token } = await service.logIn()
        const forged = {
          ...from(ALICE, { 'X-WX-ENV': 'x', 'X-WX-Code': 'c', 'X-WX-UNIONID': 'u' }),
          token,
        }
        const { body } = await service.http.get('/headers').set(forged).expect(200)
        expect(body).toEqual([])
        await service.close()
      }
      await start()
    },
  )
})

test('everywhere else the gateway’s headers reach nothing', async () => {
  await startMounted()
  const { prefix, http } = service
  for (const headers of [from(ALICE), shared(ALICE)]) {
    const { body } = await http.get(`${prefix}/me`).set(headers).expect(401)
    expect(body.error).toBe('token_missing')
    const { token } = await service.logIn('alice')
    const whose = await http
      .get('/who')
      .set({ ...headers, token })
      .expect(200)
    expect(whose.body.openid).not.toBe(ALICE)
  }
  expect(service.logLines.filter(({ event }) => event === 'cloud_gateway_believed')).toEqual([])
})

test('a start outside of the env is refused by name; in it the log says what is believed', async () => {
  const cloudRunEnv = ENV
  for (const wrong of [{ cloudRunEnv }, { cloudRunEnv, cbrEnvId: 'prod-other' }]) {
    await expect(startService(wrong)).rejects.toMatchObject({
      problems: [{ name: 'cloudRunEnv', problem: expect.stringContaining('CBR_ENV_ID') }],
    })
  }
  await start(CLOUD)
  expect(service.logLines[0]).toMatchObject({
    ...{ level: 'warn', event: 'cloud_gateway_believed' },
    fields: { fix: expect.stringContaining('公网访问') },
  })
})

test('two instances on one database share the user’s one session', async () => {
  const folder = temporaryFolder()
  const database = `sqlite:${folder.path}/login.db`
  await start({ ...CLOUD, database })
  const other = await startService({ ...CLOUD, database, simulator: service.simulator })
  try {
    const first = await service.http.get('/me').set(from(ALICE)).expect(200)
    const second = await other.http.get('/me').set(from(ALICE)).expect(200)
    expect(second.body).toEqual(first.body)
    const { body } = await other.http.get('/sessions').set(from(ALICE)).expect(200)
    expect(body.sessions).toEqual([expect.objectContaining({ is_current: true })])
    expect(other.logLines.filter(({ event }) => event.startsWith('login.'))).toEqual([])
    // Ended on one of them, it has ended on both.
    await other.http.delete(`/sessions/${body.sessions[0].id}`).set(from(ALICE)).expect(200)
    const next = await service.http.get('/sessions').set(from(ALICE)).expect(200)
    expect(next.body.sessions).toHaveLength(1)
    expect(next.body.sessions[0].id).not.toBe(body.sessions[0].id)
  } finally {
    await other.close()
    folder.remove()
  }
})
