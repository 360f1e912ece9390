import { createClient, LoginClientError } from '../../client/miniprogram_dist'
import { failureOf, type Hall, openHall, shareClock } from './phone'

let hall: Hall
beforeAll(async () => {
  hall = await openHall()
  shareClock(hall.service.clock)
})
afterAll(() => hall.service.close())

test('me() and updateMe() give the profile', async () => {
  const { login } = hall.phone()
  const me = await login.me()
  expect(me).toMatchObject({ appid: 'wx0000000000000000', nickname: null })
  expect(await login.updateMe({ nickname: '小明' })).toMatchObject({ id: me.id, nickname: '小明' })
})

test('check() gives the server’s words, and logs nobody in', async () => {
  const { wx, login } = hall.phone()
  const nobody = { is_login: false, next: 'login', reason: 'token_missing' }
  expect(await login.check()).toMatchObject(nobody)
  expect(wx.logins).toBe(0)
  await login.login()
  expect(await login.check()).toMatchObject({ is_login: true, next: 'none', session_key: 'fresh' })
  await hall.endSessions()
  expect(await login.check()).toMatchObject({ is_login: false, reason: 'session_ended' })
})

test('check() waits for a login under way', async () => {
  const { login } = hall.phone()
  const logging = login.login()
  expect(await login.check()).toMatchObject({ is_login: true })
  await logging
})

describe('the phone button', () => {
  test('gives the number for the code that it brought', async () => {
    const { login } = hall.phone()
    const code = hall.service.simulator.mintPhoneCode({ user: 'alice' })
    const detail = { errMsg: 'getPhoneNumber:ok', code, encryptedData: 'x', iv: 'y' }
    const number = await login.phone(detail)
    expect(number).toMatchObject({ phone_number: expect.stringMatching(/^1380000/) })
    expect((await login.me()).phone_number).toBe(number.phone_number)
  })

  test.each([
    [{ errMsg: 'getPhoneNumber:fail user deny' }],
    [{ errMsg: 'getPhoneNumber:user deny' }],
    [{ errMsg: 'getPhoneNumber:fail:user cancel' }],
    [{ errMsg: 'getPhoneNumber:fail', errno: 103 }],
    [{ errMsg: 'getPhoneNumber:fail', errno: 104 }],
  ])('that was refused (%j) is user_denied, and nothing is asked', async detail => {
    const { wx, login } = hall.phone()
    const error = await failureOf(login.phone(detail))
    expect(error).toBeInstanceOf(LoginClientError)
    expect(error).toMatchObject({ code: 'user_denied', action: 'tap_again', status: 0 })
    expect(await failureOf(login.decrypt(detail))).toMatchObject({ code: 'user_denied' })
    expect([wx.logins, wx.requests]).toEqual([0, []])
  })

  test('that WeChat does not allow is not the user’s refusal', async () => {
    const { wx, login } = hall.phone()
    const detail = { errMsg: 'getPhoneNumber:fail jsapi has no permission', errno: 1400001 }
    expect(await failureOf(login.phone(detail))).toMatchObject({
      ...{ code: 'misconfigured', action: 'contact_admin' },
      message: expect.stringContaining('no permission'),
    })
    expect(wx.requests).toEqual([])
  })

  test('whose code was used leads to the server’s own error', async () => {
    const { login } = hall.phone()
    const code = hall.service.simulator.mintPhoneCode({ user: 'alice' })
    await login.phone({ code })
    const error = await failureOf(login.phone({ code }))
    expect(error.code).toMatch(/code_(used|invalid)$/)
    expect(error).toMatchObject({ status: 400, requestId: expect.any(String) })
  })
})

test('decrypt() opens what WeChat encrypted, by those of its fields that matter', async () => {
  const { wx, login } = hall.phone()
  await login.login()
  const data = hall.service.simulator.encryptPhoneNumber({ user: 'alice' })
  const opened = await login.decrypt({ ...data, errMsg: 'getPhoneNumber:ok', code: 'unused' })
  expect(opened).toMatchObject({ phoneNumber: expect.stringMatching(/^1380000/) })
  expect(Object.keys(JSON.parse(String(wx.requests.at(-1)?.body)))).toEqual(['encryptedData', 'iv'])
})

test('an error has the server’s name, advice, Chinese text and request id', async () => {
  const { login } = hall.phone()
  await login.login()
  const data = hall.service.simulator.encryptPhoneNumber({ user: 'alice' })
  hall.service.simulator.rotateSessionKey('alice')
  const newer = hall.service.simulator.encryptPhoneNumber({ user: 'alice' })
  await login.decrypt(data)
  const error = await failureOf(login.decrypt(newer))
  expect(error).toMatchObject({
    ...{ name: 'LoginClientError', code: 'session_key_stale', action: 'login', status: 409 },
    message: expect.stringMatching(/session_key/),
    requestId: expect.stringMatching(/\S/),
  })
})

test('an answer that came while the server is busy names the pause', async () => {
  const { wx, login } = hall.phone()
  await login.login()
  const { request } = wx
  wx.request = ((options: { success: (result: object) => void }) =>
    options.success({
      ...{ statusCode: 503, header: {}, errMsg: 'request:ok' },
      data: { error: 'overloaded', action: 'wait', message: '服务繁忙', retry_after: 1 },
    })) as typeof request
  expect(await failureOf(login.me())).toMatchObject({
    ...{ code: 'overloaded', action: 'wait', status: 503, retryAfter: 1, message: '服务繁忙' },
  })
})

test('without `wx` there is a reason', () => {
  expect(() => createClient({ baseUrl: hall.baseUrl })).toThrow(/wx/)
})

test('the global `wx` is taken where none is given', async () => {
  const { wx } = hall.phone()
  Object.assign(globalThis, { wx })
  await createClient({ baseUrl: hall.baseUrl }).ready
  Reflect.deleteProperty(globalThis, 'wx')
  expect(wx.logins).toBe(1)
})

test('sessions() lists the user’s phones, newest first, and endSession() ends one', async () => {
  const [one, other] = [hall.phone({ user: 'dora' }), hall.phone({ user: 'dora' })]
  await one.login.login()
  hall.service.clock.advance(1)
  await other.login.login()
  const sessions = await other.login.sessions()
  expect(sessions.map(({ is_current }) => is_current)).toEqual([true, false])
  expect(sessions[0]).toMatchObject({
    ...{ id: expect.any(String), created_at: expect.any(String), expires_at: expect.any(String) },
  })
  await other.login.endSession(String(sessions[1]?.id))
  expect(await one.login.check()).toMatchObject({ is_login: false, reason: 'session_ended' })
  expect(await other.login.sessions()).toHaveLength(1)
  expect(await failureOf(other.login.endSession('no/such'))).toMatchObject({ status: 404 })
})
