import { createLogout } from '../../src/login/logout'
import { createPhone } from '../../src/login/phone'
import { createRefresh } from '../../src/login/refresh'
import { createLoginSurface } from '../../src/login/surface'
import { APPID, OTHER_APPID, SESSION_KEY, startParts, TOKEN_TTL_SECONDS } from './parts'

const NUMBER = { phoneNumber: '13800001234', purePhoneNumber: '13800001234', countryCode: '86' }

function setUp() {
  const parts = startParts()
  const { store, secrets, issueToken, ends, names, events, identify, login } = parts
  const platform = { getPhoneNumber: async () => NUMBER }
  const surface = createLoginSurface({
    identify,
    logIn: { login },
    refresh: createRefresh({ store, secrets, issueToken }),
    logout: createLogout({ store, ends }),
    phone: createPhone({ platform, store, names, events }),
  })
  return { ...parts, surface }
}

test('a login gives a token that authenticates, renews and logs out', async () => {
  const { surface, clock } = setUp()
  const first = await surface.logIn({ code: 'ann' })
  expect(first).toMatchObject({ appid: APPID, isNewUser: true, expiresIn: TOKEN_TTL_SECONDS })
  const who = await surface.authenticate(first.token)
  expect(who).toMatchObject({ userId: first.userId, openid: 'openid-of-ann', appid: APPID })
  expect(who.sessionKey()).toBe(SESSION_KEY)
  clock.advance(60)
  const renewed = await surface.refresh(first.token)
  expect(renewed).toEqual({
    ...{ token: expect.any(String), expiresIn: TOKEN_TTL_SECONDS },
    ...{ userId: first.userId, appid: APPID, isNewUser: false },
  })
  expect(renewed.token).not.toBe(first.token)
  await surface.logOut(renewed.token)
  await expect(surface.authenticate(first.token)).rejects.toMatchObject({ code: 'session_ended' })
})

test('a log-out of all ends the user’s other sessions', async () => {
  const { surface } = setUp()
  const [one, other] = [await surface.logIn({ code: 'ann' }), await surface.logIn({ code: 'ann2' })]
  await surface.logOut(one.token, { all: true })
  await expect(surface.authenticate(one.token)).rejects.toMatchObject({ code: 'session_ended' })
  await surface.authenticate(other.token)
})

test('a lost answer is asked for again by the same Idempotency-Key', async () => {
  const { surface } = setUp()
  const ask = () => surface.logIn({ code: 'ann', idempotencyKey: 'one' })
  expect((await ask()).token).toBe((await ask()).token)
  await expect(surface.logIn({ code: 'ann' })).rejects.toMatchObject({ code: 'code_used' })
})

test('who asks is there for the audit', async () => {
  const { surface, heard } = setUp()
  await surface.logIn({ code: 'ann', ip: '203.0.113.9' })
  expect(heard('login.succeeded')).toMatchObject([{ ip: '203.0.113.9' }])
})

test('a token of another mini program is refused where one is named', async () => {
  const { surface } = setUp()
  const { token } = await surface.logIn({ code: 'ann', appid: OTHER_APPID })
  await surface.authenticate(token, { appid: OTHER_APPID })
  const refused = surface.authenticate(token, { appid: APPID })
  await expect(refused).rejects.toMatchObject({ code: 'token_invalid' })
})

test('a phone number is asked for with req.login as the owner', async () => {
  const { surface, store } = setUp()
  const { token, userId } = await surface.logIn({ code: 'ann' })
  const owner = await surface.authenticate(token)
  expect(await surface.phone(owner, 'phone-code')).toEqual(NUMBER)
  expect((await store.users.find(userId))?.phoneNumber).toBe(NUMBER.phoneNumber)
})

test.each([
  [undefined, 'code_missing'],
  ['', 'code_missing'],
  [['a'], 'invalid_request'],
  ['a b', 'invalid_request'],
  ['x'.repeat(513), 'invalid_request'],
])('a client’s %j for a code is refused as the routes refuse it', async (code, error) => {
  const { surface } = setUp()
  const refused = surface.logIn({ code: code as string })
  await expect(refused).rejects.toMatchObject({ code: error })
})

test('no token is 401, as the guard says', async () => {
  const { surface } = setUp()
  const refused = surface.authenticate(undefined as unknown as string)
  await expect(refused).rejects.toMatchObject({ code: 'token_missing', status: 401 })
})
