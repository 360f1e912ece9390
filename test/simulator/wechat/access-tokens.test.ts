import { SIMULATOR_APP } from '../../../src/simulator/index'
import { AccessTokens } from '../../../src/simulator/wechat/access-tokens'
import { createQuotas } from '../../../src/simulator/wechat/quotas'
import { Clock } from '../../support/clock'
import {
  accessToken,
  OTHER_APP,
  plainToken,
  post,
  refusalOf,
  stableToken,
  startWithClock,
} from '../credentials'

describe('the quotas', () => {
  it('of stable_token are 10,000 calls a minute (45011) and 500,000 a day (45009) for each app', () => {
    const clock = new Clock()
    clock.ms = Date.UTC(2026, 0, 2, 16, 0, 0)
    const tokens = new AccessTokens({ now: clock.now, quotas: createQuotas(clock.now) })
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

  it('of token are 2,000 calls a day, then 45009', () => {
    const clock = new Clock()
    const tokens = new AccessTokens({ now: clock.now, quotas: createQuotas(clock.now) })
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

  it('is still given out until a forced refresh, if WeChat is told to', async () => {
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
