import { SIMULATOR_APP, type Simulator } from '../../../src/simulator/index'
import { ask, login, start } from '../ask'
import { accessToken, signatureOf } from '../credentials'

interface Request {
  url: string
  method: string
  body?: string
}

type Prepare = (simulator: Simulator, token: string, key: unknown) => Request

/** A request to each API that would succeed. */
const REQUESTS = {
  '/cgi-bin/stable_token': ({ url }) => ({
    url: `${url}/cgi-bin/stable_token`,
    method: 'POST',
    body: JSON.stringify({ grant_type: 'client_credential', ...SIMULATOR_APP }),
  }),
  '/cgi-bin/token': ({ url }) => {
    const query = new URLSearchParams({ grant_type: 'client_credential', ...SIMULATOR_APP })
    return { url: `${url}/cgi-bin/token?${query}`, method: 'GET' }
  },
  '/wxa/business/getuserphonenumber': (simulator, token) => ({
    url: `${simulator.url}/wxa/business/getuserphonenumber?access_token=${token}`,
    method: 'POST',
    body: JSON.stringify({ code: simulator.mintPhoneCode() }),
  }),
  '/wxa/checksession': signed('checksession'),
  '/wxa/resetusersessionkey': signed('resetusersessionkey'),
} satisfies Record<string, Prepare>

const PATHS = Object.keys(REQUESTS) as (keyof typeof REQUESTS)[]

function signed(api: string): Prepare {
  return (simulator, token, key) => {
    const query = new URLSearchParams({
      access_token: token,
      openid: simulator.user('alice').openid,
      signature: signatureOf(key),
      sig_method: 'hmac_sha256',
    })
    return { url: `${simulator.url}/wxa/${api}?${query}`, method: 'GET' }
  }
}

describe.each(PATHS)('%s', path => {
  async function prepare() {
    const simulator = await start()
    const token = await accessToken(simulator)
    const { session_key: key } = await login(simulator, simulator.mintCode())
    const send = () => {
      const { url, ...options } = REQUESTS[path](simulator, token, key)
      return ask(url, options)
    }
    return { simulator, send }
  }

  it('fails where the fault’s path is, and nowhere else', async () => {
    const { simulator, send } = await prepare()
    simulator.fail({ errcode: 45009 }, { path })
    simulator.fail({ transport: 'html502' }, { path })
    simulator.fail({ transport: 'reset' }, { path })
    expect(await login(simulator, simulator.mintCode())).toHaveProperty('openid')

    const refused = await send()
    expect(refused.headers['content-type']).toBe('application/json; charset=UTF-8')
    expect(JSON.parse(refused.body.toString())).toEqual({
      errcode: 45009,
      errmsg: expect.stringMatching(/^reach max api daily quota limit rid: [-0-9a-f]{26}$/),
    })
    expect((await send()).status).toBe(502)
    await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(simulator.calls.filter(call => call.path === path).at(-1)?.fault).toEqual({
      transport: 'reset',
    })
  })

  it('answers late when told to', async () => {
    const { simulator, send } = await prepare()
    simulator.fail({ late: 100 }, { path })
    const startedAt = performance.now()
    const { body } = await send()
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95)
    expect(JSON.parse(body.toString()).errcode ?? 0).toBe(0)
  })

  it('is counted, until reset', async () => {
    const { simulator, send } = await prepare()
    const before = simulator.counts[path] ?? 0
    await send()
    simulator.fail({ errcode: -1 }, { path })
    await send()
    await ask(`${simulator.url}/nowhere`)
    expect(simulator.counts[path]).toBe(before + 2)
    expect(simulator.counts).not.toHaveProperty('/nowhere')
    simulator.reset()
    expect(simulator.counts).toEqual({})
  })
})

it.each([
  ['noaccesstoken', '/cgi-bin/stable_token', { expires_in: expect.any(Number) }],
  [
    'accesstokenempty',
    '/cgi-bin/stable_token',
    { access_token: '', expires_in: expect.any(Number) },
  ],
  ['noexpiresin', '/cgi-bin/token', { access_token: expect.any(String) }],
  ['nophoneinfo', '/wxa/business/getuserphonenumber', { errcode: 0, errmsg: 'ok' }],
  [
    'foreignwatermark',
    '/wxa/business/getuserphonenumber',
    {
      errcode: 0,
      errmsg: 'ok',
      phone_info: expect.objectContaining({
        purePhoneNumber: expect.any(String),
        watermark: { timestamp: expect.any(Number), appid: 'wxffffffffffffffff' },
      }),
    },
  ],
] as const)('the fault %s spoils an answer of %s', async (transport, path, expected) => {
  const simulator = await start()
  const prepare: Prepare = REQUESTS[path]
  const { url, ...options } = prepare(simulator, await accessToken(simulator), '')
  simulator.fail({ transport })
  const { body } = await ask(url, options)
  expect(JSON.parse(body.toString())).toEqual(expected)
})
