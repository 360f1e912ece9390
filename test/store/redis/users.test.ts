import { createRedisKeys } from '../../../src/store/redis/redis-keys'
import { available } from '../../support/databases'
import { NOW, openTwoStores, type TwoStores, unique } from './two-stores'

const describeRedis = available('redis') ? describe : describe.skip

describeRedis('the newest session_key of a user in Redis', () => {
  let two: TwoStores
  beforeAll(async () => {
    two = await openTwoStores()
  })
  afterAll(() => two.close())

  const redisKeys = createRedisKeys('mpl:')
  const hashOf = (userId: string) => two.admin.hGetAll(redisKeys.ofNewestKey(userId))

  test('it is a hash of named fields, and a newer login takes the check of the older key away', async () => {
    const openid = unique('openid')
    const { userId } = await two.logIn({ openid, unionid: 'union' })
    await two.a.users.noteKeyCheck(userId, 'key', { at: NOW + 5, valid: true })
    const whose = { unionid: 'union', unionidProof: '' }
    const common = { sessionKeyHash: 'key', broughtAt: String(NOW), ...whose }
    const checked = { checkedAt: String(NOW + 5), isValid: '1' }
    expect(await hashOf(userId)).toEqual({ ...common, ...checked })
    await two.logIn({ openid, sessionKeyHash: 'newer', now: NOW + 9 })
    expect(await hashOf(userId)).toEqual({
      ...{ sessionKeyHash: 'newer', broughtAt: String(NOW + 9), ...whose },
    })
  })

  test('a login without a session_key replaces none and takes no check away', async () => {
    const openid = unique('openid')
    const { userId } = await two.logIn({ openid })
    await two.a.users.noteKeyCheck(userId, 'key', { at: NOW + 5, valid: true })
    const before = await hashOf(userId)
    const bare = await two.logIn({ openid, sessionKeyHash: null, now: NOW + 9 })
    expect(await hashOf(userId)).toEqual(before)
    expect(await two.b.sessions.find(bare)).toMatchObject({
      sessionKeyHash: null,
      newestKeyHash: 'key',
      newestKeyCheck: { at: NOW + 5, valid: true },
    })
  })

  test('what WeChat said of a session_key shows in a session that is known, right after the answer', async () => {
    const session = await two.logIn()
    expect(await two.b.sessions.find(session)).toMatchObject({ newestKeyCheck: null })
    await two.a.users.noteKeyCheck(session.userId, 'key', { at: NOW + 1, valid: false })
    expect(await two.b.sessions.find(session)).toMatchObject({
      newestKeyCheck: { at: NOW + 1, valid: false },
    })
  })

  test('a session_key that was replaced shows in a session that is known, right after the answer', async () => {
    const session = await two.logIn()
    await two.b.sessions.find(session)
    const change = { from: 'key', to: 'other', now: NOW + 1 }
    await two.a.users.replaceNewestKey(session.userId, change)
    expect(await two.b.sessions.find(session)).toMatchObject({
      newestKeyHash: 'other',
      newestKeyAt: NOW + 1,
    })
    // Also in the database: the next login starts from what that knows.
    const { openid } = (await two.a.users.find(session.userId)) ?? {}
    const bare = await two.logIn({ openid: String(openid), sessionKeyHash: null, now: NOW + 2 })
    expect(await two.b.sessions.find(bare)).toMatchObject({ newestKeyHash: 'other' })
  })

  test('nothing that is noted of a user without sessions stays in Redis', async () => {
    await two.a.users.noteKeyCheck('nobody', 'key', { at: NOW, valid: true })
    await two.a.users.replaceNewestKey('nobody', { from: 'key', to: 'other', now: NOW })
    expect(await hashOf('nobody')).toEqual({})
  })

  test('of two logins at one moment the unionid of either stays, whichever Redis hears last', async () => {
    const openid = unique('openid')
    const session = await two.logIn({ openid })
    // As if another instance had told Redis of its unionid after this login was saved.
    await two.admin.hSet(redisKeys.ofNewestKey(session.userId), 'unionid', 'union')
    await two.logIn({ openid })
    expect(await two.b.sessions.find(session)).toMatchObject({ unionid: 'union' })
  })
})
