import { createAccessTokens } from '../../src/simulator/access-tokens'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { Clock } from '../support/clock'
import { ask, start } from './ask'
import {
  accessToken,
  json,
  OTHER_APP,
  plainToken,
  post,
  refusalOf,
  stableToken,
  TWO_APPS,
} from './credentials'

async function startWithClock() {
  const clock = new Clock()
  return { clock, simulator: await start({ now: clock.now, apps: TWO_APPS }) }
}

describe('POST /cgi-bin/stable_token', () => {
  it('gives the same token again with the seconds that remain', async () => {
    const { clock, simulator } = await startWithClock()
    const first = await stableToken(simulator)
    expect(first).toEqual({ access_token: expect.stringMatching(/^SIM_/), expires_in: 7200 })
    expect(String(first.access_token).length).toBeGreaterThan(128)
    clock.advance(6855)
    expect(await stableToken(simulator)).toEqual({ ...first, expires_in: 345 })
    clock.advance(45)
    expect(await stableToken(simulator)).toEqual({ ...first, expires_in: 300 })
  })

  it('gives a new one in the last 5 minutes, and both work for 5 minutes', async () => {
    const { clock, simulator } = await startWithClock()
    const old = await accessToken(simulator)
    clock.advance(6901)
    const renewed = await stableToken(simulator)
    expect(renewed.expires_in).toBe(7200)
    expect(renewed.access_token).not.toBe(old)
    clock.advance(299)
    expect(await refusalOf(simulator, old)).toBeUndefined()
    expect(await refusalOf(simulator, renewed.access_token)).toBeUndefined()
    clock.advance(1)
    expect(await refusalOf(simulator, old)).toBe(42001)
    expect(await refusalOf(simulator, renewed.access_token)).toBeUndefined()
  })

  it('gives a new one when nobody asked before the end', async () => {
    const { clock, simulator } = await startWithClock()
    const old = await accessToken(simulator)
    clock.advance(7199)
    expect(await refusalOf(simulator, old)).toBeUndefined()
    clock.advance(1)
    expect(await refusalOf(simulator, old)).toBe(42001)
    expect(await stableToken(simulator)).toMatchObject({ expires_in: 7200 })
    expect(await accessToken(simulator)).not.toBe(old)
    expect(await refusalOf(simulator, old)).toBe(42001)
  })

  it('gives every app its own', async () => {
    const { simulator } = await startWithClock()
    expect(await accessToken(simulator)).not.toBe(await accessToken(simulator, OTHER_APP))
  })

  it('answers application/json, and a rid without a comma before it', async () => {
    const { simulator } = await startWithClock()
    const { status, headers, body } = await ask(`${simulator.url}/cgi-bin/stable_token`, {
      method: 'POST',
      body: '{}',
    })
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=UTF-8'])
    const { errmsg } = JSON.parse(body.toString())
    expect(errmsg).toMatch(/^appid missing rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/)
  })

  it.each([
    ['no appid', { appid: undefined }, 41002],
    ['an appid that is no text', { appid: 7 }, 41002],
    ['no secret', { secret: '' }, 41004],
    ['no grant_type', { grant_type: undefined }, 40002],
    ['another grant_type', { grant_type: 'authorization_code' }, 40002],
    ['an unknown appid', { appid: 'wx2222222222222222' }, 40013],
    ['a wrong secret', { secret: 'wrong' }, 40125],
    ['the secret of another app', { secret: OTHER_APP.secret }, 40125],
  ])('refuses %s', async (_name, changes, errcode) => {
    const { simulator } = await startWithClock()
    expect(await stableToken(simulator, changes)).toMatchObject({ errcode })
    expect(simulator.calls[0]?.errcode).toBe(errcode)
  })

  it('takes a JSON object by POST alone', async () => {
    const { simulator } = await startWithClock()
    const url = `${simulator.url}/cgi-bin/stable_token`
    const query = new URLSearchParams({ grant_type: 'client_credential', ...SIMULATOR_APP })
    expect(await json(`${url}?${query}`)).toMatchObject({ errcode: 43002 })
    expect(await post(url, '')).toMatchObject({ errcode: 44002 })
    for (const body of [String(query), '{"appid"', '[]', 'null', '"text"']) {
      expect(await post(url, body)).toMatchObject({ errcode: 47001 })
    }
  })

  it.each(['/cgi-bin/stable_token', '/wxa/business/getuserphonenumber'])(
    'and getuserphonenumber answer a chunked body with 412 and nothing: %s',
    async path => {
      const { simulator } = await startWithClock()
      const body = JSON.stringify({ grant_type: 'client_credential', ...SIMULATOR_APP })
      const reply = await ask(simulator.url + path, {
        method: 'POST',
        body,
        headers: { 'Transfer-Encoding': 'chunked' },
      })
      expect([reply.status, reply.body.length]).toEqual([412, 0])
      expect(simulator.calls[0]).toMatchObject({ body })
    },
  )
})

describe('a forced refresh', () => {
  it('gives a new token; the one before works 5 minutes more', async () => {
    const { clock, simulator } = await startWithClock()
    const old = await accessToken(simulator)
    const forced = await stableToken(simulator, { force_refresh: true })
    expect(forced.expires_in).toBe(7200)
    expect(forced.access_token).not.toBe(old)
    expect(await accessToken(simulator)).toBe(forced.access_token)
    clock.advance(299)
    expect(await refusalOf(simulator, old)).toBeUndefined()
    clock.advance(1)
    expect(await refusalOf(simulator, old)).toBe(40001)
  })

  it('within 30 seconds of another does not refresh', async () => {
    const { clock, simulator } = await startWithClock()
    const forced = await accessToken(simulator, { force_refresh: true })
    clock.advance(29)
    expect(await stableToken(simulator, { force_refresh: true })).toEqual({
      access_token: forced,
      expires_in: 7171,
    })
    clock.advance(1)
    expect(await accessToken(simulator, { force_refresh: true })).not.toBe(forced)
  })

  it('twice, 30 seconds apart, kills a leaked token at once', async () => {
    const { clock, simulator } = await startWithClock()
    const leaked = await accessToken(simulator)
    const first = await accessToken(simulator, { force_refresh: true })
    clock.advance(30)
    expect(await refusalOf(simulator, leaked)).toBeUndefined()
    const second = await accessToken(simulator, { force_refresh: true })
    expect(await refusalOf(simulator, leaked)).toBe(40001)
    expect(await refusalOf(simulator, first)).toBeUndefined()
    expect(await refusalOf(simulator, second)).toBeUndefined()
  })

  it('is for true alone', async () => {
    const { simulator } = await startWithClock()
    const old = await accessToken(simulator)
    for (const force of [false, 'true', 1]) {
      expect(await accessToken(simulator, { force_refresh: force })).toBe(old)
    }
  })

  it('works 20 times a day, then 45009 until midnight in Beijing; normal calls go on', async () => {
    const { clock, simulator } = await startWithClock()
    clock.ms = Date.UTC(2026, 0, 2, 15, 0, 0)
    for (let i = 0; i < 20; i += 1) {
      expect(await stableToken(simulator, { force_refresh: true })).toHaveProperty('access_token')
      clock.advance(30)
    }
    expect(await stableToken(simulator, { force_refresh: true })).toMatchObject({ errcode: 45009 })
    expect(await stableToken(simulator)).toHaveProperty('access_token')
    expect(await stableToken(simulator, { ...OTHER_APP, force_refresh: true })).toHaveProperty(
      'access_token',
    )
    clock.ms = Date.UTC(2026, 0, 2, 16, 0, 0) - 1
    expect(await stableToken(simulator, { force_refresh: true })).toMatchObject({ errcode: 45009 })
    clock.ms += 1
    expect(await stableToken(simulator, { force_refresh: true })).toHaveProperty('access_token')
  })
})

describe('the limits of stable_token', () => {
  it('are 10,000 calls a minute (45011) and 500,000 a day (45009) for each app', () => {
    const clock = new Clock()
    clock.ms = Date.UTC(2026, 0, 2, 16, 0, 0)
    const tokens = createAccessTokens(clock)
    const many = (calls: number) => {
      for (let i = 0; i < calls; i += 1) expect('token' in tokens.stable('wxa', false)).toBe(true)
    }
    const spend = (calls: number) => {
      for (let i = 0; i < calls; i += 1) tokens.stable('wxa', false)
    }
    many(10_000)
    expect(tokens.stable('wxa', false)).toEqual({ errcode: 45011 })
    expect(tokens.stable('wxb', false)).toHaveProperty('token')
    for (let minute = 1; minute < 50; minute += 1) {
      clock.advance(60)
      spend(10_000)
    }
    clock.advance(60)
    expect(tokens.stable('wxa', false)).toEqual({ errcode: 45009 })
    clock.advance(24 * 3600)
    expect(tokens.stable('wxa', false)).toHaveProperty('token')
  })

  it('are forgotten by reset, and the token is not', async () => {
    const { clock, simulator } = await startWithClock()
    for (let i = 0; i < 20; i += 1) {
      await stableToken(simulator, { force_refresh: true })
      clock.advance(30)
    }
    const token = await accessToken(simulator)
    simulator.reset()
    expect(await accessToken(simulator)).toBe(token)
    expect(await stableToken(simulator, { force_refresh: true })).toHaveProperty('access_token')
  })
})

describe('GET /cgi-bin/token', () => {
  it('gives a new token every time; the one before works 5 minutes more', async () => {
    const { clock, simulator } = await startWithClock()
    const first = await plainToken(simulator)
    const second = await plainToken(simulator)
    expect(first).toEqual({ access_token: expect.any(String), expires_in: 7200 })
    expect(second.access_token).not.toBe(first.access_token)
    clock.advance(299)
    expect(await refusalOf(simulator, first.access_token)).toBeUndefined()
    clock.advance(1)
    expect(await refusalOf(simulator, first.access_token)).toBe(40001)
    expect(await refusalOf(simulator, second.access_token)).toBeUndefined()
  })

  it('and stable_token leave the tokens of each other alone', async () => {
    const { clock, simulator } = await startWithClock()
    const stable = await accessToken(simulator)
    const plain = (await plainToken(simulator)).access_token
    await stableToken(simulator, { force_refresh: true })
    clock.advance(30)
    await stableToken(simulator, { force_refresh: true })
    clock.advance(299)
    expect(await refusalOf(simulator, plain)).toBeUndefined()
    clock.advance(301)
    expect(await refusalOf(simulator, stable)).toBe(40001)
    expect(await refusalOf(simulator, plain)).toBeUndefined()
  })

  it.each([
    ['no appid', { appid: '' }, 41002],
    ['no secret', { secret: '' }, 41004],
    ['another grant_type', { grant_type: 'authorization_code' }, 40002],
    ['an unknown appid', { appid: 'wx2222222222222222' }, 40013],
    ['a wrong secret', { secret: 'wrong' }, 40125],
  ])('refuses %s', async (_name, changes, errcode) => {
    const { simulator } = await startWithClock()
    expect(await plainToken(simulator, changes)).toMatchObject({ errcode })
  })

  it('answers 2,000 calls a day, then 45009', () => {
    const clock = new Clock()
    const tokens = createAccessTokens(clock)
    for (let i = 0; i < 2000; i += 1) expect(tokens.plain('wxa')).toHaveProperty('token')
    expect(tokens.plain('wxa')).toEqual({ errcode: 45009 })
    expect(tokens.stable('wxa', false)).toHaveProperty('token')
    clock.advance(24 * 3600)
    expect(tokens.plain('wxa')).toHaveProperty('token')
  })
})

describe('an access_token that is no good', () => {
  it('is 41001 when missing and 40014 when never given', async () => {
    const { simulator } = await startWithClock()
    expect(await refusalOf(simulator, '')).toBe(41001)
    expect(await refusalOf(simulator, 'invented')).toBe(40014)
    const url = `${simulator.url}/wxa/business/getuserphonenumber`
    expect(await post(url, { code: 'x' })).toMatchObject({ errcode: 41001 })
  })

  it('is 40001 when WeChat revoked it, and stable_token gives another', async () => {
    const { simulator } = await startWithClock()
    const stable = await accessToken(simulator)
    const plain = (await plainToken(simulator)).access_token
    const others = await accessToken(simulator, OTHER_APP)
    simulator.killAccessToken()
    expect(await refusalOf(simulator, stable)).toBe(40001)
    expect(await refusalOf(simulator, plain)).toBe(40001)
    expect(await refusalOf(simulator, others)).toBeUndefined()
    const next = await stableToken(simulator)
    expect(next.expires_in).toBe(7200)
    expect(await refusalOf(simulator, next.access_token)).toBeUndefined()
  })

  it('can be given out still, until a forced refresh', async () => {
    const { simulator } = await startWithClock()
    const dead = await accessToken(simulator)
    simulator.killAccessToken(SIMULATOR_APP.appid, { stillGiven: true })
    expect(await accessToken(simulator)).toBe(dead)
    expect(await refusalOf(simulator, dead)).toBe(40001)
    const forced = await accessToken(simulator, { force_refresh: true })
    expect(await refusalOf(simulator, forced)).toBeUndefined()
    expect(await accessToken(simulator)).toBe(forced)
  })

  it('is 42001 when its time was made to end', async () => {
    const { simulator } = await startWithClock()
    const old = await accessToken(simulator)
    simulator.expireAccessToken()
    expect(await refusalOf(simulator, old)).toBe(42001)
    expect(await refusalOf(simulator, await accessToken(simulator))).toBeUndefined()
  })

  it('of an app that does not exist is a TypeError', async () => {
    const { simulator } = await startWithClock()
    expect(() => simulator.killAccessToken('wxa')).toThrow(TypeError)
    expect(() => simulator.expireAccessToken('wxa')).toThrow(TypeError)
  })
})
