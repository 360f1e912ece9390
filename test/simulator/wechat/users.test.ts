import { createSimulator, SIMULATOR_APP } from '../../../src/simulator/index'
import { login, start } from '../ask'
import { OTHER_APP, TWO_APPS } from '../credentials'

const { appid } = SIMULATOR_APP

describe('identities', () => {
  const apps = { wxa: 'secret-a', wxb: 'secret-b' }

  it('are the same for the same name, in every simulator', () => {
    const [one, other] = [createSimulator(), createSimulator()]
    expect(one.user('alice')).toEqual(other.user('alice'))
    expect(one.user('alice').openid).not.toBe(one.user('bob').openid)
    expect(one.user('alice').unionid).not.toBe(one.user('bob').unionid)
  })

  it('have one openid per app and one unionid for all', () => {
    const simulator = createSimulator({ apps })
    const [a, b] = [simulator.user('alice', 'wxa'), simulator.user('alice', 'wxb')]
    expect(a.openid).not.toBe(b.openid)
    expect(a.unionid).toBe(b.unionid)
    expect(simulator.user('alice')).toEqual(a)
  })

  it('look like real ones and show that they are not', () => {
    const { openid, unionid, sessionKey } = createSimulator().user('alice')
    expect(openid).toMatch(/^oSIM[A-Za-z0-9_-]{24}$/)
    expect(unionid).toMatch(/^oSIM[A-Za-z0-9_-]{24}$/)
    expect(unionid).not.toBe(openid)
    expect(sessionKey).toBeUndefined()
  })
})

describe('the unionid', () => {
  it('of a user is one in the apps of one company, beside an openid for each', async () => {
    const simulator = await start({ apps: TWO_APPS })
    simulator.setUnionidBound(appid, true)
    simulator.setUnionidBound(OTHER_APP.appid, true)
    const here = await login(simulator, simulator.mintCode())
    const code = simulator.mintCode({ appid: OTHER_APP.appid })
    const there = await login(simulator, code, OTHER_APP)
    expect(here.unionid).toBe(there.unionid)
    expect(here.openid).not.toBe(there.openid)
  })

  it('is another one in the apps of another company', async () => {
    const simulator = await start({ apps: TWO_APPS })
    const before = simulator.user('alice').unionid
    simulator.setUnionidBound(appid, true)
    expect(simulator.user('alice').unionid).toBe(before)
    simulator.setUnionidBound(OTHER_APP.appid, true, 'another company')
    const code = simulator.mintCode({ appid: OTHER_APP.appid })
    const there = await login(simulator, code, OTHER_APP)
    expect(there.unionid).toBe(simulator.user('alice', OTHER_APP.appid).unionid)
    expect(there.unionid).not.toBe(before)
    expect(there.unionid).toMatch(/^oSIM[A-Za-z0-9_-]{24}$/)
  })

  it('may come late, with the same openid', async () => {
    const simulator = await start()
    const before = await login(simulator, simulator.mintCode())
    simulator.setUnionidBound(appid, true)
    const after = await login(simulator, simulator.mintCode())
    expect(before).not.toHaveProperty('unionid')
    expect(after).toMatchObject({ openid: before.openid, unionid: expect.any(String) })
  })
})
