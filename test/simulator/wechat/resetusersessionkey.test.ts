import { type RecordedCall, SIMULATOR_APP } from '../../../src/simulator/index'
import { resetusersessionkey } from '../../../src/simulator/wechat/resetusersessionkey'
import { createWeChat } from '../../../src/simulator/wechat/wechat'
import { Clock } from '../../support/clock'
import { OTHER_APP, sessionKeyCall, signatureOf, startLoggedIn, TWO_APPS } from '../credentials'

describe('GET /wxa/resetusersessionkey', () => {
  it('gives a new key, and the old one is dead', async () => {
    const { simulator, sessionKey, claim } = await startLoggedIn()
    const answer = await sessionKeyCall(simulator, 'resetusersessionkey', claim(sessionKey))
    const { openid, sessionKey: next } = simulator.user('alice')
    expect(answer).toEqual({ errcode: 0, errmsg: 'ok', openid, session_key: next })
    expect(next).not.toBe(sessionKey)
    expect(await sessionKeyCall(simulator, 'checksession', claim(sessionKey))).toMatchObject({
      errcode: 87009,
    })
    expect(await sessionKeyCall(simulator, 'checksession', claim(next))).toMatchObject({
      errcode: 0,
    })
  })

  it('says 87009 to a wrong key and 87007 when there is none', async () => {
    const { simulator, sessionKey, claim } = await startLoggedIn()
    const reset = (key: unknown) => sessionKeyCall(simulator, 'resetusersessionkey', claim(key))
    expect(await reset('AAAAAAAAAAAAAAAAAAAAAA==')).toMatchObject({ errcode: 87009 })
    expect(simulator.user('alice').sessionKey).toBe(sessionKey)
    simulator.expireSessionKey('alice')
    expect(await reset(sessionKey)).toMatchObject({ errcode: 87007 })
  })

  it('may be called 60,000 times a minute, then 45011', () => {
    const clock = new Clock()
    const { appid } = SIMULATOR_APP
    const wechat = createWeChat({ apps: TWO_APPS, now: clock.now, adoptUnknown: false })
    const { openid } = wechat.users.rotateSessionKey(appid, 'alice')
    const reset = () => {
      const key = wechat.users.seenBy(appid, 'alice').sessionKey
      const given = wechat.accessTokens.stable(appid, false)
      const query = {
        access_token: 'token' in given ? given.token : '',
        openid,
        signature: signatureOf(key),
        sig_method: 'hmac_sha256',
      }
      const call: RecordedCall = {
        method: 'GET',
        path: '/wxa/resetusersessionkey',
        query: Object.entries(query),
        headers: {},
        body: '',
        at: clock.ms,
      }
      return resetusersessionkey(wechat).answer(call).errcode
    }
    for (let i = 1; i < 60_000; i += 1) wechat.quotas.sessionKeyResetMinute.take(appid)
    expect(reset()).toBeUndefined()
    expect(reset()).toBe(45011)
    expect(wechat.quotas.sessionKeyResetMinute.take(OTHER_APP.appid)).toBe(true)
    clock.advance(60)
    expect(reset()).toBeUndefined()
  })
})
