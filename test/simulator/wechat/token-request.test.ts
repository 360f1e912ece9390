import { OTHER_APP, plainToken, stableToken, startWithClock } from '../credentials'

describe.each([
  ['POST /cgi-bin/stable_token', stableToken],
  ['GET /cgi-bin/token', plainToken],
] as const)('%s', (_name, tokenOf) => {
  it.each([
    ['no appid', { appid: '' }, 41002],
    ['no secret', { secret: '' }, 41004],
    ['no grant_type', { grant_type: '' }, 40002],
    ['another grant_type', { grant_type: 'authorization_code' }, 40002],
    ['an unknown appid', { appid: 'wx2222222222222222' }, 40013],
    ['a wrong secret', { secret: 'wrong' }, 40125],
    ['the secret of another app', { secret: OTHER_APP.secret }, 40125],
  ])('refuses %s', async (_what, changes, errcode) => {
    const { simulator } = await startWithClock()
    expect(await tokenOf(simulator, changes)).toMatchObject({ errcode })
    expect(simulator.calls[0]?.errcode).toBe(errcode)
  })
})

it.each([
  ['no appid', { appid: undefined }, 41002],
  ['an appid that is no text', { appid: 7 }, 41002],
  ['a secret that is no text', { secret: [] }, 41004],
  ['no grant_type', { grant_type: undefined }, 40002],
])('a JSON body with %s is refused', async (_what, changes, errcode) => {
  const { simulator } = await startWithClock()
  expect(await stableToken(simulator, changes)).toMatchObject({ errcode })
})
