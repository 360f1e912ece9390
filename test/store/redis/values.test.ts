import { available } from '../../support/databases'
import { NOW, openTwoStores, type TwoStores, unique, until } from './two-stores'

const describeRedis = available('redis') ? describe : describe.skip

describeRedis('values in Redis', () => {
  let two: TwoStores
  beforeAll(async () => {
    two = await openTwoStores()
  })
  afterAll(() => two.close())

  test('a value is a hash of named fields', async () => {
    const name = unique('value')
    await two.a.values.write(name, 'it|is', { now: NOW, expiresAt: NOW + 5000 })
    expect(await two.admin.hGetAll(`mpl:w:${name}`)).toEqual({
      ...{ value: 'it|is', expiresAt: String(NOW + 5000) },
    })
    expect(await two.b.values.read(name, NOW)).toBe('it|is')
  })

  test('a value that is written anew lives as long as the new one, also a shorter time', async () => {
    const name = unique('value')
    await two.a.values.write(name, 'first', { now: NOW, expiresAt: NOW + 100_000 })
    await two.a.values.write(name, 'second', { now: NOW, expiresAt: NOW + 50_000 })
    expect(await two.admin.pTTL(`mpl:w:${name}`)).toBeLessThanOrEqual(50_000)
    expect(await two.b.values.read(name, NOW + 50_000)).toBeUndefined()
  })

  test('a lease that is still held keeps its value and its life', async () => {
    const name = unique('lease')
    expect(await two.a.values.claim(name, 'mine', { now: NOW, expiresAt: NOW + 50_000 })).toBe(true)
    expect(await two.b.values.claim(name, 'theirs', { now: NOW, expiresAt: NOW + 90_000 })).toBe(
      false,
    )
    expect(await two.b.values.read(name, NOW)).toBe('mine')
    expect(await two.admin.pTTL(`mpl:w:${name}`)).toBeLessThanOrEqual(50_000)
  })

  test('a value expires by itself', async () => {
    const name = unique('value')
    await two.a.values.write(name, 'value', { now: NOW, expiresAt: NOW + 30 })
    await until(async () => (await two.admin.exists(`mpl:w:${name}`)) === 0)
  })
})
