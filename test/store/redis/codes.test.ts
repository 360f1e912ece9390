import { available } from '../../support/databases'
import { NOW, openTwoStores, type TwoStores, unique, until } from './two-stores'

const describeRedis = available('redis') ? describe : describe.skip

describeRedis('login codes in Redis', () => {
  let two: TwoStores
  beforeAll(async () => {
    two = await openTwoStores()
  })
  afterAll(() => two.close())

  const claimOf = (codeHash: string, owner = 'owner') => ({
    ...{ codeHash, owner, idempotencyHash: null },
    ...{ now: NOW, expiresAt: NOW + 600_000 },
  })

  test('a claim whose answer was lost can be sent again by its owner, and by nobody else', async () => {
    const codeHash = unique('hash')
    expect(await two.a.codes.claim(claimOf(codeHash))).toBeUndefined()
    expect(await two.a.codes.claim(claimOf(codeHash))).toBeUndefined()
    expect(await two.b.codes.claim(claimOf(codeHash, 'other'))).toMatchObject({
      ...{ status: 'claimed', owner: 'owner', claimedAt: NOW, sessionRef: null },
    })
  })

  test('a code whose record is gone is settled nowhere: such a record would stay for ever', async () => {
    const codeHash = unique('hash')
    const failure = { error: 'invalid_code', wxErrcode: 40_029, now: NOW }
    await two.a.codes.fail(codeHash, { owner: 'owner', ...failure })
    expect(await two.admin.exists(`mpl:c:${codeHash}`)).toBe(0)
  })

  test('settling a code leaves its life as it is', async () => {
    const codeHash = unique('hash')
    await two.a.codes.claim({ ...claimOf(codeHash), expiresAt: NOW + 600_000 })
    const failure = { error: 'invalid_code', wxErrcode: 40_029, now: NOW + 1 }
    await two.a.codes.fail(codeHash, { owner: 'owner', ...failure })
    expect(await two.b.codes.find(codeHash)).toMatchObject({ status: 'failed', wxErrcode: 40_029 })
    expect(await two.admin.pTTL(`mpl:c:${codeHash}`)).toBeLessThanOrEqual(600_000)
    expect(await two.admin.pTTL(`mpl:c:${codeHash}`)).toBeGreaterThan(0)
  })

  test('a code expires by itself', async () => {
    const codeHash = unique('hash')
    await two.a.codes.claim({ ...claimOf(codeHash), expiresAt: NOW + 30 })
    await until(async () => (await two.b.codes.find(codeHash)) === undefined)
  })
})
