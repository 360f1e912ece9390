import { available } from '../../support/databases'
import { NOW, openTwoStores, type TwoStores, unique } from './two-stores'

const describeRedis = available('redis') ? describe : describe.skip

describeRedis('what ends the sessions of a user in Redis', () => {
  let two: TwoStores
  beforeAll(async () => {
    two = await openTwoStores()
  })
  afterAll(() => two.close())

  /** Three sessions of one user, all of them remembered by both instances. */
  async function logInThrice() {
    const openid = unique('openid')
    const refs = [await two.logIn({ openid }), await two.logIn({ openid })]
    refs.push(await two.logIn({ openid }))
    for (const ref of refs) for (const store of [two.a, two.b]) await store.sessions.find(ref)
    return { openid, refs, userId: String(refs[0]?.userId) }
  }

  test.each(['disable', 'erase'] as const)('%s holds on the other instance at once', async name => {
    const { refs, userId } = await logInThrice()
    if (name === 'erase') await two.a.users.erase(userId, NOW)
    else await two.a.users.disable(userId, { reason: null, now: NOW })
    for (const ref of refs) expect(await two.b.sessions.find(ref)).toBeUndefined()
  })

  test('an erased user leaves no key, whose name or value holds the person', async () => {
    const { openid, userId } = await logInThrice()
    const { userId: other } = await two.logIn()
    await two.a.users.erase(userId, NOW)
    const keys = await two.admin.keys('*')
    expect(keys.filter(key => key.includes(userId))).toEqual([])
    const dumps = await Promise.all(keys.map(key => two.admin.sendCommand(['DUMP', key])))
    expect(dumps.filter(dump => String(dump).includes(openid))).toEqual([])
    expect(keys.filter(key => key.includes(other))).not.toEqual([])
  })

  test('erasing once more removes what a crash in between has left', async () => {
    const { refs, userId } = await logInThrice()
    await two.a.users.erase(userId, NOW)
    await two.admin.hSet(`mpl:{${userId}}:k`, 'broughtAt', '1')
    await two.admin.hSet(`mpl:{${userId}}:s:${refs[0]?.id}`, 'openid', 'left')
    await two.admin.zAdd(`mpl:{${userId}}:r`, { score: 1, value: String(refs[0]?.id) })
    expect(await two.a.users.erase(userId, NOW)).toBeUndefined()
    expect(await two.admin.keys(`*${userId}*`)).toEqual([])
  })

  test('the list of a user’s codes keeps ten minutes of them', async () => {
    const openid = unique('openid')
    const { userId } = await two.logIn({ openid, codeHash: 'long ago', now: NOW - 600_001 })
    await two.logIn({ openid, codeHash: 'just now', now: NOW })
    expect(await two.admin.zRange(`mpl:{${userId}}:c`, 0, -1)).toEqual(['just now'])
    expect(await two.admin.pTTL(`mpl:{${userId}}:c`)).toBeLessThanOrEqual(600_000)
  })
})
