import { available } from '../../support/databases'
import { NOW, openTwoStores, type TwoStores, unique, until } from './two-stores'

const describeRedis = available('redis') ? describe : describe.skip

describeRedis('counters in Redis', () => {
  let two: TwoStores
  beforeAll(async () => {
    two = await openTwoStores()
  })
  afterAll(() => two.close())

  test('two instances count together', async () => {
    const name = unique('address')
    const counted = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? two.a : two.b).counters.count(name, 60_000, NOW),
      ),
    )
    expect(Math.max(...counted.map(({ count }) => count))).toBe(20)
  })

  test('a clock that is set back stretches no window: Redis forgets it by its own clock', async () => {
    const name = unique('address')
    await two.a.counters.count(name, 50, NOW + 1_000_000)
    await until(async () => (await two.admin.exists(`mpl:n:${name}`)) === 0)
    expect(await two.a.counters.count(name, 50, NOW)).toEqual({ count: 1, endsAt: NOW + 50 })
  })

  test('a further call leaves the life of the window as it is', async () => {
    const name = unique('address')
    await two.a.counters.count(name, 60_000, NOW)
    await two.admin.pExpire(`mpl:n:${name}`, 50_000)
    await two.a.counters.count(name, 60_000, NOW + 1)
    expect(await two.admin.pTTL(`mpl:n:${name}`)).toBeLessThanOrEqual(50_000)
  })
})
