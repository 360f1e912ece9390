import { failureOf } from './failures'
import { startAnswering } from './start-wx'
import { asking, useSimulator } from './use-simulator'

const API = '/wxa/checksession'
const { simulator, recorder, wxAt, loggedIn } = useSimulator()

test('the session_key of the last login is valid, and travels only as a signature', async () => {
  const { wx, sessionKey, user } = await loggedIn()
  expect(await wx.checkSessionKey(sessionKey, user)).toBe(true)
  const call = simulator.calls.find(({ path }) => path === API)
  expect(call).toMatchObject({ method: 'GET', body: '' })
  const names = call?.query.map(([name]) => name)
  expect(names).toEqual(['access_token', 'openid', 'signature', 'sig_method'])
  expect(JSON.stringify(call)).not.toContain(sessionKey)
})

test('a session_key that was replaced is not valid, and that is an answer and no failure', async () => {
  const { wx, sessionKey, user } = await loggedIn()
  simulator.rotateSessionKey('alice')
  expect(await wx.checkSessionKey(sessionKey, user)).toBe(false)
  expect(recorder.told).toEqual([])
})

test.each([87007, 87009])('errcode %d says that the session_key is not valid', async errcode => {
  const { wx, sessionKey, user } = await loggedIn()
  simulator.fail({ errcode }, { path: API })
  expect(await wx.checkSessionKey(sessionKey, user)).toBe(false)
})

test.each([
  [87008, 'misconfigured'],
  [-1, 'wechat_unavailable'],
  [40003, 'wechat_bad_answer'],
  [45011, 'wechat_quota'],
])('errcode %d says nothing about the session_key: it is %s', async (errcode, code) => {
  const { wx, sessionKey, user } = await loggedIn()
  simulator.fail({ errcode }, { path: API })
  const error = await failureOf(wx.checkSessionKey(sessionKey, user))
  expect(error).toMatchObject({ code, wxErrcode: errcode })
  expect(recorder.told).toMatchObject([{ type: 'wechat.refused', api: API, requestId: 'r-1' }])
})

test.each<[string, unknown]>([
  ['an object without errcode', {}],
  ['null', null],
  ['a list', []],
])('%s is neither a yes nor a no', async (_what, answer) => {
  const wx = wxAt(await startAnswering(() => answer))
  const error = await failureOf(wx.checkSessionKey('k', { ...asking, openid: 'o' }))
  expect(error).toMatchObject({ code: 'wechat_bad_answer', reason: 'fields_missing' })
})

test.each([0, '0'])('an errcode of %p is a yes', async errcode => {
  const wx = wxAt(await startAnswering(() => ({ errcode, errmsg: 'ok' })))
  expect(await wx.checkSessionKey('k', { ...asking, openid: 'o' })).toBe(true)
})
