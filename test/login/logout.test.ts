import { LoginError } from '../../src/errors'
import { createLogout } from '../../src/login/logout'
import { failing, ORIGIN, startParts } from './parts'

/** Two sessions of one user, and the use case that ends them. */
async function setUp() {
  const parts = startParts({
    platform: { exchangeCode: async () => ({ openid: 'oAnn', sessionKey: 'key' }) },
  })
  const { store, ends } = parts
  const sessions = [await parts.sessionOf('one'), await parts.sessionOf('two')] as const
  parts.told.length = 0
  const running = async () => {
    const found = await Promise.all(sessions.map(session => store.sessions.find(session)))
    return found.map(session => session !== undefined)
  }
  return {
    ...parts,
    one: sessions[0],
    two: sessions[1],
    running,
    logout: createLogout({ store, ends }),
  }
}

test('a log-out ends this session and no other, and its event is the line of the log-out', async () => {
  const { logout, one, running, told } = await setUp()
  await logout(one, { all: false }, ORIGIN)
  expect(await running()).toEqual([false, true])
  const { id: sessionId, userId, appid } = one
  expect(told).toEqual([
    { type: 'session.ended', reason: 'logout', appid, userId, sessionId, ...ORIGIN },
  ])
})

test('a log-out everywhere ends all, and tells one event for each', async () => {
  const { logout, one, two, running, heard, ends } = await setUp()
  await logout(one, { all: true }, ORIGIN)
  expect(await running()).toEqual([false, false])
  const ended = heard('session.ended').map(({ sessionId }) => sessionId)
  expect(ended.sort()).toEqual([one.id, two.id].sort())
  expect(await ends.reasonOf(two.id)).toBe('logout')
})

test('of two log-outs at once one ended the session, and one is told', async () => {
  const { logout, one, told } = await setUp()
  await Promise.all([logout(one, { all: false }, ORIGIN), logout(one, { all: false }, ORIGIN)])
  expect(told).toHaveLength(1)
})

test('a store that cannot end the session fails the log-out, and nothing is told', async () => {
  const { store, ends, one, told, running } = await setUp()
  const down = () => Promise.reject(new LoginError('store_unavailable'))
  const broken = { ...store, sessions: failing(store.sessions, { end: down }) }
  const logout = createLogout({ store: broken, ends })
  await expect(logout(one, { all: false }, ORIGIN)).rejects.toMatchObject({
    code: 'store_unavailable',
  })
  expect(await running()).toEqual([true, true])
  expect(told).toEqual([])
})
