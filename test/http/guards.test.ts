import type { IncomingMessage, ServerResponse } from 'node:http'
import { createGuards } from '../../src/http/guards'
import type { Identify } from '../../src/login/identify'
import type { LogIn } from '../../src/login/login'

const APPID = 'wx0000000000000000'
const ENV = 'prod-0a1b2c3d4e'

function start({ cloudRunEnv }: { cloudRunEnv?: string } = {}) {
  const session = { userId: 'u1', appid: APPID, openid: 'o1', unionid: null, id: 's1' }
  const identify = jest.fn(async () => ({ session }) as never) satisfies Identify
  const answer = { token: 'new', expiresIn: 60, isNewUser: false, userId: 'u1', appid: APPID }
  const login = jest.fn(async () => answer as never) satisfies LogIn['login']
  const guards = createGuards({
    ...{ identify, login, loginLimit: async () => {} },
    property: 'login',
    config: { apps: new Map([[APPID, ['secret']]]), tokenHeaders: ['x-own'], cloudRunEnv },
    log: { info() {}, warn() {}, error() {} },
  })
  const through = (guard: typeof guards.ownRequired, headers: Record<string, string>) => {
    const rawHeaders = Object.entries(headers).flat()
    const req = { ip: '203.0.113.1', headers, rawHeaders } as unknown as IncomingMessage
    const res = { setHeader() {} } as unknown as ServerResponse
    return new Promise<void>(resolve => guard(req, res, () => resolve()))
  }
  return { guards, identify, login, through }
}

const CODE = { 'x-wx-code': 'a-code' }
const CLOUD = {
  ...{ 'x-wx-env': ENV, 'x-wx-source': 's', 'x-wx-appid': APPID },
  'x-wx-openid': 'oABCDEFGHIJKLMNOPQRSTUVWXYZ1',
}
const shownTo = (identify: jest.Mock) => identify.mock.calls.at(-1)?.[0]

test('a guard looks at the token, then at the gateway, then at the code', async () => {
  const { guards, identify, login, through } = start({ cloudRunEnv: ENV })
  const cloudUser = { appid: APPID, openid: CLOUD['x-wx-openid'] }
  await through(guards.ownRequired, { ...CODE, ...CLOUD, 'x-own': 'a-token' })
  expect(shownTo(identify)).toEqual({ token: 'a-token', cloudUser })
  await through(guards.ownRequired, { ...CODE, ...CLOUD })
  expect(shownTo(identify)).toEqual({ token: undefined, cloudUser })
  expect(login).not.toHaveBeenCalled()
  await through(guards.ownRequired, { ...CODE })
  expect(shownTo(identify)).toEqual({ token: 'new' })
})

test('a guard by token looks at neither', async () => {
  const { guards, identify, login, through } = start({ cloudRunEnv: ENV })
  await through(guards.ownRequiredToken, { ...CODE, ...CLOUD })
  expect(shownTo(identify)).toEqual({ token: undefined })
  expect(login).not.toHaveBeenCalled()
})

test('without the setting no guard looks at the gateway’s headers', async () => {
  const { guards, identify, through } = start()
  await through(guards.ownRequired, { ...CLOUD })
  expect(shownTo(identify)).toEqual({ token: undefined })
})

test('a guard of one app asks for that app, and there is none of another', async () => {
  const { guards, identify, login, through } = start()
  await through(guards.ofHost.requiredFor(APPID), { ...CODE })
  expect(login).toHaveBeenCalledWith(expect.objectContaining({ appid: APPID }), expect.anything())
  expect(identify).toHaveBeenLastCalledWith(
    { token: 'new' },
    { appid: APPID, origin: expect.anything() },
  )
  expect(() => guards.ofHost.requiredFor('wx2222222222222222')).toThrow(TypeError)
})
