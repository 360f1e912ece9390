import { createHmac } from 'node:crypto'

import { resetUserSessionKey } from '../../src/simulator/checksession'
import { type RecordedCall, SIMULATOR_APP } from '../../src/simulator/index'
import { signState } from '../../src/simulator/session-keys'
import { createWeChat } from '../../src/simulator/wechat'
import { Clock } from '../support/clock'
import { ask, login, start } from './ask'
import { accessToken, OTHER_APP, sessionKeyCall, signatureOf, TWO_APPS } from './credentials'

const APIS = ['checksession', 'resetusersessionkey'] as const

async function startLoggedIn() {
  const simulator = await start({ apps: TWO_APPS })
  const token = await accessToken(simulator)
  const { openid, session_key: sessionKey } = await login(simulator, simulator.mintCode())
  const claim = (key: unknown) => ({
    access_token: token,
    openid: String(openid),
    signature: signatureOf(key),
  })
  return { simulator, token, sessionKey: String(sessionKey), claim }
}

it.each([
  [
    'o0q0otL8aEzpcZL/FT9WsQ==',
    '{"foo":"bar"}',
    '654571f79995b2ce1e149e53c0a33dc39c0a74090db514261454e8dbe432aa0b',
  ],
  [
    '9hAb/NEYUlkaMBEsmFgzig==',
    '{"openid": "xxx", "user_ip": "127.0.0.1", "env": 0}',
    '089d9e8dc5d308977360c4b79ec600a93d736802802a807d634192328032f6c7',
  ],
  [
    'gDyVgzwa0mFz9uUP7M6GQQ==',
    '1559129713_67297598215591297148AP6DT9ybtniUJfbwx20afc706a711eefc',
    'b002b824688dd8593a6079e11d8c5e8734fbcb39a6d5906eb347bfbcad79c617',
  ],
  [
    'tiihtNczf5v6AKRyjwEUhQ==',
    '',
    '7154f9f8b4b76b92f541cbf0e37d48840fa06e5e42da92a6f80168a1516a4735',
  ],
])('the signature is WeChat’s own: %s', (key, message, signature) => {
  expect(signState(key, message)).toBe(signature)
})

describe('GET /wxa/checksession', () => {
  it('says ok to the current key', async () => {
    const { simulator, sessionKey, claim } = await startLoggedIn()
    expect(await sessionKeyCall(simulator, 'checksession', claim(sessionKey))).toEqual({
      errcode: 0,
      errmsg: 'ok',
    })
    expect(simulator.user('alice').sessionKey).toBe(sessionKey)
  })

  it('says 87009 to a replaced, an expired and a wrong key alike', async () => {
    const { simulator, sessionKey, claim } = await startLoggedIn()
    const check = (key: unknown) => sessionKeyCall(simulator, 'checksession', claim(key))
    expect(await check('AAAAAAAAAAAAAAAAAAAAAA==')).toMatchObject({ errcode: 87009 })
    const next = simulator.rotateSessionKey('alice').sessionKey
    expect(next).not.toBe(sessionKey)
    expect(await check(sessionKey)).toMatchObject({ errcode: 87009 })
    expect(await check(next)).toMatchObject({ errcode: 0 })
    simulator.expireSessionKey('alice')
    expect(simulator.user('alice').sessionKey).toBeUndefined()
    expect(await check(next)).toMatchObject({ errcode: 87009 })
    const { session_key: newest } = await login(simulator, simulator.mintCode())
    expect(await check(newest)).toMatchObject({ errcode: 0 })
  })

  it('wants the text of the key, not its bytes, and lower-case hex', async () => {
    const { simulator, sessionKey, claim } = await startLoggedIn()
    const bytes = Buffer.from(sessionKey, 'base64')
    const right = claim(sessionKey).signature
    for (const signature of [
      createHmac('sha256', bytes).update('').digest('hex'),
      createHmac('sha256', '').update(sessionKey).digest('hex'),
      right.toUpperCase(),
      Buffer.from(right).toString('base64'),
      right.slice(0, -1),
    ]) {
      const wrong = { ...claim(sessionKey), signature }
      expect(await sessionKeyCall(simulator, 'checksession', wrong)).toMatchObject({
        errcode: 87009,
      })
    }
  })
})

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
    const { openid } = wechat.accounts.rotateSessionKey('alice', appid)
    const reset = () => {
      const key = wechat.accounts.user('alice', appid).sessionKey
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
      return resetUserSessionKey(call, wechat).errcode
    }
    for (let i = 1; i < 60_000; i += 1) wechat.sessionKeyResets.take(appid)
    expect(reset()).toBeUndefined()
    expect(reset()).toBe(45011)
    expect(wechat.sessionKeyResets.take(OTHER_APP.appid)).toBe(true)
    clock.advance(60)
    expect(reset()).toBeUndefined()
  })
})

describe.each(APIS)('GET /wxa/%s', api => {
  it.each([
    ['no access_token', { access_token: undefined }, 41001],
    ['an invented access_token', { access_token: 'invented' }, 40014],
    ['no openid', { openid: undefined }, 40097],
    ['no signature', { signature: undefined }, 40097],
    ['no sig_method', { sig_method: undefined }, 87008],
    ['another sig_method', { sig_method: 'hmac_sha1' }, 87008],
    ['an openid that never logged in', { openid: `oSIM${'x'.repeat(24)}` }, 40003],
  ])('refuses %s', async (_name, changes, errcode) => {
    const { simulator, sessionKey, claim } = await startLoggedIn()
    const asked = { ...claim(sessionKey), ...changes }
    expect(await sessionKeyCall(simulator, api, asked)).toMatchObject({ errcode })
    expect(simulator.calls.at(-1)?.errcode).toBe(errcode)
    expect(simulator.user('alice').sessionKey).toBe(sessionKey)
  })

  it('knows the openids of the app of the access_token alone', async () => {
    const { simulator, sessionKey, claim } = await startLoggedIn()
    const asked = {
      ...claim(sessionKey),
      access_token: await accessToken(simulator, OTHER_APP),
    }
    expect(await sessionKeyCall(simulator, api, asked)).toMatchObject({ errcode: 40003 })
  })

  it('reads the query of a GET, and answers application/json', async () => {
    const { simulator, sessionKey, claim } = await startLoggedIn()
    const query = new URLSearchParams({ ...claim(sessionKey), sig_method: 'hmac_sha256' })
    const inBody = await ask(`${simulator.url}/wxa/${api}`, {
      method: 'POST',
      body: String(query),
    })
    expect(JSON.parse(inBody.body.toString())).toMatchObject({ errcode: 41001 })
    const inQuery = await ask(`${simulator.url}/wxa/${api}?${query}`)
    expect(inQuery.headers['content-type']).toBe('application/json; charset=UTF-8')
    expect(JSON.parse(inQuery.body.toString())).toMatchObject({ errcode: 0 })
  })
})
