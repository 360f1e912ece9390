import { ask } from '../ask'
import { accessToken, OTHER_APP, sessionKeyCall, startLoggedIn } from '../credentials'

const APIS = ['checksession', 'resetusersessionkey'] as const

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
