import { SIMULATOR_APP } from '../../../src/simulator/index'
import { ask, login, loginUrl, start } from '../ask'
import { OTHER_APP, TWO_APPS } from '../credentials'

describe('a success', () => {
  it('is session_key and openid alone: no errcode, no errmsg, no unionid', async () => {
    const simulator = await start()
    const answer = await login(simulator, simulator.mintCode())
    const { openid, sessionKey } = simulator.user('alice')
    expect(answer).toEqual({ openid, session_key: sessionKey })
  })

  it('carries the unionid when the app is bound to an Open Platform account', async () => {
    const simulator = await start({ apps: TWO_APPS })
    simulator.setUnionidBound(SIMULATOR_APP.appid, true)
    const bound = await login(simulator, simulator.mintCode())
    expect(bound.unionid).toBe(simulator.user('alice').unionid)

    const code = simulator.mintCode({ appid: OTHER_APP.appid })
    expect(await login(simulator, code, OTHER_APP)).not.toHaveProperty('unionid')

    simulator.setUnionidBound(SIMULATOR_APP.appid, false)
    expect(await login(simulator, simulator.mintCode())).not.toHaveProperty('unionid')
  })

  it('has a session_key of 16 bytes in base64, and each login kills the one before', async () => {
    const simulator = await start()
    const first = await login(simulator, simulator.mintCode())
    const second = await login(simulator, simulator.mintCode())
    expect(Buffer.from(String(first.session_key), 'base64')).toHaveLength(16)
    expect(first.session_key).toMatch(/^[A-Za-z0-9+/]{22}==$/)
    expect(second.session_key).not.toBe(first.session_key)
    expect(simulator.user('alice').sessionKey).toBe(second.session_key)
  })

  it('leaves the session_key of other users and other apps alone', async () => {
    const simulator = await start({ apps: TWO_APPS })
    await login(simulator, simulator.mintCode({ user: 'bob' }))
    await login(simulator, simulator.mintCode({ appid: OTHER_APP.appid }), OTHER_APP)
    const bob = simulator.user('bob')
    const elsewhere = simulator.user('alice', OTHER_APP.appid)
    await login(simulator, simulator.mintCode())
    expect(simulator.user('bob')).toEqual(bob)
    expect(simulator.user('alice', OTHER_APP.appid)).toEqual(elsewhere)
  })
})

describe('the parameters', () => {
  it.each([
    ['no appid', { appid: undefined }, 41002, 'appid missing'],
    ['an empty appid', { appid: '' }, 41002, 'appid missing'],
    ['no secret', { secret: undefined }, 41004, 'appsecret missing'],
    ['an empty secret', { secret: '' }, 41004, 'appsecret missing'],
    ['no js_code', { js_code: undefined }, 41008, 'missing code'],
    ['an empty js_code', { js_code: '' }, 41008, 'missing code'],
    ['no grant_type', { grant_type: undefined }, 40002, 'invalid grant_type'],
    ['another grant_type', { grant_type: 'client_credential' }, 40002, 'invalid grant_type'],
    ['an unknown appid', { appid: 'wx2222222222222222' }, 40013, 'invalid appid'],
    ['a wrong secret', { secret: 'wrong' }, 40125, 'invalid appsecret'],
  ])('%s is refused and leaves the code good', async (_name, changes, errcode, errmsg) => {
    const simulator = await start()
    const code = simulator.mintCode()
    const answer = await login(simulator, code, changes)
    expect(answer.errcode).toBe(errcode)
    expect(String(answer.errmsg).split(', rid: ')[0]).toBe(errmsg)
    expect(simulator.calls[0]?.errcode).toBe(errcode)
    expect(await login(simulator, code)).toHaveProperty('openid')
  })

  it('of a POST body are not read: 41002', async () => {
    const simulator = await start()
    const { pathname, search } = new URL(loginUrl(simulator, simulator.mintCode()))
    const { body } = await ask(simulator.url + pathname, { method: 'POST', body: search.slice(1) })
    expect(JSON.parse(body.toString())).toMatchObject({ errcode: 41002 })
    expect(simulator.calls[0]).toMatchObject({ method: 'POST', body: search.slice(1), query: [] })
  })

  it('that come twice count once, the first, and are recorded twice, in order', async () => {
    const simulator = await start()
    const url = `${loginUrl(simulator, simulator.mintCode())}&js_code=second&appid=evil`
    const { body } = await ask(url)
    expect(JSON.parse(body.toString())).toHaveProperty('openid')
    expect(simulator.calls[0]?.query.map(([name]) => name)).toEqual([
      'appid',
      'secret',
      'js_code',
      'grant_type',
      'js_code',
      'appid',
    ])
    expect(simulator.calls[0]?.query[4]).toEqual(['js_code', 'second'])
  })
})

describe('a code', () => {
  it('is spent by its first exchange and the second gets 40163', async () => {
    const simulator = await start()
    const code = simulator.mintCode()
    await login(simulator, code)
    expect(await login(simulator, code)).toMatchObject({
      errcode: 40163,
      errmsg: expect.stringMatching(/^code been used, rid: /),
    })
  })

  it('that was never minted gets 40029, however often it comes', async () => {
    const simulator = await start()
    for (const code of ['a'.repeat(32), 'a'.repeat(32), 'the code is a mock one']) {
      expect(await login(simulator, code)).toMatchObject({ errcode: 40029 })
    }
  })

  it('is good until just before 5 minutes have passed, then 40029, and that burns it', async () => {
    let now = Date.now()
    const simulator = await start({ now: () => now })
    const [good, late] = [simulator.mintCode(), simulator.mintCode()]
    now += 5 * 60_000 - 1
    expect(await login(simulator, good)).toHaveProperty('openid')
    now += 1
    expect(await login(simulator, late)).toMatchObject({ errcode: 40029 })
    expect(await login(simulator, late)).toMatchObject({ errcode: 40163 })
  })

  it('of another app gets 40029, and is burnt for its own app', async () => {
    const simulator = await start({ apps: TWO_APPS })
    const code = simulator.mintCode()
    expect(await login(simulator, code, OTHER_APP)).toMatchObject({ errcode: 40029 })
    expect(await login(simulator, code)).toMatchObject({ errcode: 40163 })
  })

  it('of a blocked user gets 40226, and no session_key changes', async () => {
    const simulator = await start()
    simulator.blockUser('alice')
    expect(await login(simulator, simulator.mintCode())).toMatchObject({
      errcode: 40226,
      errmsg: expect.stringMatching(/^code blocked, rid: /),
    })
    expect(simulator.user('alice').sessionKey).toBeUndefined()
    expect(await login(simulator, simulator.mintCode({ user: 'bob' }))).toHaveProperty('openid')
    simulator.blockUser('alice', false)
    expect(await login(simulator, simulator.mintCode())).toHaveProperty('openid')
  })

  it('logs in one of many who bring it at once', async () => {
    const simulator = await start()
    const code = simulator.mintCode()
    const answers = await Promise.all(Array.from({ length: 20 }, () => login(simulator, code)))
    expect(answers.filter(({ openid }) => openid !== undefined)).toHaveLength(1)
    expect(answers.filter(({ errcode }) => errcode === 40163)).toHaveLength(19)
  })
})
