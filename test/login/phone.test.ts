import { LoginError } from '../../src/errors'
import { createPhone } from '../../src/login/phone'
import type { PhoneNumber } from '../../src/login/platform'
import { APPID, ORIGIN, startParts } from './parts'

const NUMBER: PhoneNumber = {
  ...{ phoneNumber: '+85212345678', purePhoneNumber: '12345678', countryCode: '852' },
}
const LOGIN_CODE_LIKE = '0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P'

/** A session, and a platform that answers its phone codes like this. */
async function setUp(answer: () => Promise<PhoneNumber> = async () => NUMBER) {
  const parts = startParts()
  const { store, names, events } = parts
  const session = await parts.sessionOf('ann')
  parts.told.length = 0
  const getPhoneNumber = jest.fn(answer)
  const phone = createPhone({ platform: { getPhoneNumber }, store, names, events })
  const keptNumber = async () => (await store.users.find(session.userId))?.phoneNumber
  return { ...parts, session, phone, getPhoneNumber, keptNumber }
}

test('the number is given, kept on the user, and told without being shown', async () => {
  const { phone, session, keptNumber, getPhoneNumber, told } = await setUp()
  expect(await phone.ask(session, 'phone-code', ORIGIN)).toEqual(NUMBER)
  expect(await keptNumber()).toBe('+85212345678')
  const asking = expect.objectContaining({ appid: APPID, openid: session.openid, origin: ORIGIN })
  expect(getPhoneNumber).toHaveBeenCalledWith('phone-code', asking)
  const { id: sessionId, userId, appid } = session
  expect(told).toEqual([
    {
      ...{ type: 'phone.shared', appid, userId, sessionId },
      ...{ ...ORIGIN, durationMs: expect.any(Number) },
    },
  ])
})

test('a button that is tapped twice pays once, and one event names both requests', async () => {
  const { phone, session, getPhoneNumber, heard } = await setUp()
  await Promise.all([
    phone.ask(session, 'phone-code', { requestId: 'first' }),
    phone.ask(session, 'phone-code', { requestId: 'second' }),
  ])
  expect(getPhoneNumber).toHaveBeenCalledTimes(1)
  expect(heard('phone.shared')).toMatchObject([
    { requestId: 'first', sharers: 1, sharedBy: ['second'] },
  ])
})

test('two users never share a phone code', async () => {
  const { phone, session, getPhoneNumber, sessionOf } = await setUp()
  const other = await sessionOf('bob')
  await Promise.all([session, other].map(each => phone.ask(each, 'phone-code', ORIGIN)))
  expect(getPhoneNumber).toHaveBeenCalledTimes(2)
})

test('a code that has logged somebody in is not paid for', async () => {
  const { phone, session, getPhoneNumber, heard } = await setUp()
  const refused = phone.ask(session, 'ann', ORIGIN)
  await expect(refused).rejects.toMatchObject({ code: 'phone_code_invalid', reason: 'login_code' })
  expect(getPhoneNumber).not.toHaveBeenCalled()
  expect(heard('phone.shared')).toMatchObject([
    { error: 'phone_code_invalid', reason: 'login_code' },
  ])
})

test('a store that is down is found out before the code is paid for', async () => {
  const { session, store, names, events, heard } = await setUp()
  const getPhoneNumber = jest.fn(async () => NUMBER)
  const ping = () => Promise.reject(new LoginError('store_unavailable'))
  const phone = createPhone({
    platform: { getPhoneNumber },
    store: { ...store, ping },
    names,
    events,
  })
  await expect(phone.ask(session, 'phone-code', ORIGIN)).rejects.toThrow(LoginError)
  expect(getPhoneNumber).not.toHaveBeenCalled()
  expect(heard('phone.shared')).toMatchObject([{ error: 'store_unavailable' }])
})

test.each([
  ['phone_code_invalid', 40029, 'phone-code', 'tap the phone button again'],
  ['phone_code_invalid', 40029, LOGIN_CODE_LIKE, 'This is a code of wx.login'],
  ['phone_code_used', 40163, 'phone-code', 'already used: tap the phone button'],
  ['wechat_timeout', undefined, 'phone-code', 'did not answer in time: tap the phone button'],
  ['misconfigured', 48001, 'phone-code', 'misconfigured'],
] as const)(
  'WeChat’s %s (%s) is said in words for this button',
  async (error, errcode, code, text) => {
    const rid = '66c69111-4157f271-729ca238'
    const { phone, session, keptNumber, heard } = await setUp(() =>
      Promise.reject(
        new LoginError(error, { wxRid: rid, ...(errcode !== undefined && { wxErrcode: errcode }) }),
      ),
    )
    const thrown = await phone.ask(session, code, ORIGIN).catch((thrown: unknown) => thrown)
    const action = error === 'misconfigured' ? 'contact_admin' : 'tap_again'
    expect(thrown).toMatchObject({ code: error, action, message: expect.stringContaining(text) })
    expect(await keptNumber()).toBeNull()
    expect(heard('phone.shared')).toMatchObject([{ error, wxErrcode: errcode, wxRid: rid }])
  },
)

test('a fault that is no LoginError is passed on as it is', async () => {
  const fault = new TypeError('expected')
  const { phone, session, heard } = await setUp(() => Promise.reject(fault))
  await expect(phone.ask(session, 'phone-code', ORIGIN)).rejects.toBe(fault)
  expect(heard('phone.shared')).toMatchObject([{ error: 'internal' }])
})

test('settled waits for numbers that are paid for', async () => {
  const { phone, session, keptNumber } = await setUp()
  expect(await phone.settled()).toBe(false)
  void phone.ask(session, 'phone-code', ORIGIN)
  expect(await phone.settled()).toBe(true)
  expect(await keptNumber()).toBe(NUMBER.phoneNumber)
})

test('the code of a login is known by a digest: the code itself is not looked for', async () => {
  const { phone, session, store, names } = await setUp()
  const find = jest.spyOn(store.codes, 'find')
  await phone.ask(session, 'phone-code', ORIGIN)
  expect(find.mock.calls).toEqual([[await names.codeHash(APPID, 'phone-code')]])
})
