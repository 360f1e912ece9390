import { ask } from '../ask'
import { accessToken, OTHER_APP, refusalOf, stableToken, startWithClock } from '../credentials'

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
