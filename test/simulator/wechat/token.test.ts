import { accessToken, plainToken, refusalOf, stableToken, startWithClock } from '../credentials'

it('every call of token gives a new one; the one before works 5 minutes more', async () => {
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

it('token and stable_token leave the tokens of each other alone', async () => {
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
