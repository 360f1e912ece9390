import type { IncomingMessage } from 'node:http'
import { contextOf } from '../../src/http/context'
import { logIn } from '../../src/http/log-in'

const request = (headers: Record<string, string> = {}) =>
  ({
    headers,
    rawHeaders: [],
    socket: { remoteAddress: '203.0.113.7' },
  }) as unknown as IncomingMessage
const ANSWER = {
  ...{ token: 't', expiresIn: 1, isNewUser: true, userId: 'u1', appid: 'wx1', sessionId: 's1' },
  isRepeat: false,
}

test('a login is asked for once, with what the request says of it, and is noted for the log', async () => {
  const login = jest.fn(async () => ANSWER)
  const req = request({ 'idempotency-key': 'key' })
  contextOf(req).arrivedAt = 5
  expect(await logIn(req, { code: 'c', appid: 'wx1', openid: 'o' }, { login })).toBe(ANSWER)
  expect(login.mock.calls).toEqual([
    [
      { code: 'c', appid: 'wx1', idempotencyKey: 'key', arrivedAt: 5 },
      { requestId: expect.any(String), ip: '203.0.113.7' },
    ],
  ])
  expect(contextOf(req)).toMatchObject({ userId: 'u1', appid: 'wx1' })
})

test.each([
  [{}, 'code_missing'],
  [{ code: '' }, 'code_missing'],
  [{ code: 7 }, 'invalid_request'],
  [{ code: 'the code is a mock one' }, 'invalid_request'],
])('%j is %s, and nobody is asked', async (fields, code) => {
  const login = jest.fn(async () => ANSWER)
  await expect(logIn(request(), fields, { login })).rejects.toMatchObject({ code })
  expect(login).not.toHaveBeenCalled()
})

test('the mock code of DevTools is refused with what to do about it, in both languages', async () => {
  const asked = logIn(request(), { code: 'the code is a mock one' }, { login: jest.fn() })
  const error = await asked.catch((reason: { body(id: string): object }) => reason.body('r'))
  expect(error).toMatchObject({
    ...{ error: 'invalid_request', action: 'fix_request', field: 'code' },
    message: expect.stringContaining('填写 AppID'),
    message_en: expect.stringContaining('fill in an AppID'),
  })
})
