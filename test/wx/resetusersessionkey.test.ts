import { failureOf } from './failures'
import { startAnswering } from './start-wx'
import { asking, useSimulator } from './use-simulator'

const API = '/wxa/resetusersessionkey'
const { simulator, recorder, wxAt, loggedIn } = useSimulator()

test('WeChat ends the session_key and gives another one', async () => {
  const { wx, sessionKey, user } = await loggedIn()
  const next = await wx.resetSessionKey(sessionKey, user)
  expect(next).toBe(simulator.user('alice').sessionKey)
  expect(next).not.toBe(sessionKey)
  expect(await wx.checkSessionKey(String(next), user)).toBe(true)
})

test('a session_key that was not valid any more gives none, and that is no failure', async () => {
  const { wx, sessionKey, user } = await loggedIn()
  simulator.rotateSessionKey('alice')
  expect(await wx.resetSessionKey(sessionKey, user)).toBeUndefined()
  simulator.expireSessionKey('alice')
  expect(await wx.resetSessionKey(sessionKey, user)).toBeUndefined()
  expect(recorder.told).toEqual([])
})

test.each([
  [40097, 'misconfigured'],
  [87008, 'misconfigured'],
  [45011, 'wechat_quota'],
  [-1, 'wechat_unavailable'],
])('errcode %d is %s', async (errcode, code) => {
  const { wx, sessionKey, user } = await loggedIn()
  simulator.fail({ errcode }, { path: API })
  const error = await failureOf(wx.resetSessionKey(sessionKey, user))
  expect(error).toMatchObject({ code, wxErrcode: errcode })
  expect(recorder.told).toMatchObject([{ type: 'wechat.refused', api: API, requestId: 'r-1' }])
})

test.each<[string, object, string]>([
  ['another user’s', { openid: 'oOther', session_key: 'k' }, 'openid_differs'],
  ['nobody’s', { session_key: 'k' }, 'fields_missing'],
  ['empty', { openid: 'o', session_key: '' }, 'fields_missing'],
])('a session_key that is %s is not taken', async (_what, answer, reason) => {
  const wx = wxAt(await startAnswering(() => ({ errcode: 0, ...answer })))
  const error = await failureOf(wx.resetSessionKey('k', { ...asking, openid: 'o' }))
  expect(error).toMatchObject({ code: 'wechat_bad_answer', reason })
})
