import type { User } from '../../src/store/contract/users'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { login } from '../store/contract/samples'
import { ORIGIN, startParts } from './parts'

const platform = {
  exchangeCode: async (code: string) => ({
    ...{ openid: `o-${code}`, sessionKey: 'key', unionid: `u-${code}` },
  }),
}
async function setUp() {
  const parts = startParts({ platform })
  const { userId } = await parts.login({ code: 'ann' }, ORIGIN)
  const eve = await parts.login({ code: 'eve' }, ORIGIN)
  const ann = (await parts.store.users.find(userId)) as User
  return { ...parts, ann, eve: (await parts.store.users.find(eve.userId)) as User }
}
const refusal = expect.objectContaining({ code: 'store_unavailable', reason: 'user_unproven' })

test('a user as a login left him is proven', async () => {
  const { bonds, ann } = await setUp()
  await expect(bonds.check(ann)).resolves.toBeUndefined()
})

test.each(['id', 'appid', 'openid', 'proof'] as const)(
  'a row with the %s of another user is refused, and so is one without a proof',
  async field => {
    const { bonds, ann, eve } = await setUp()
    const other = field === 'appid' ? 'wx1111111111111111' : ann[field]
    const altered = { ...eve, [field]: other }
    await expect(bonds.check(altered)).rejects.toEqual(refusal)
    // The log names the row that must be restored.
    await expect(bonds.check(altered)).rejects.toMatchObject({ userId: altered.id })
    await expect(bonds.check({ ...eve, [field]: other, proof: null })).rejects.toEqual(refusal)
  },
)

test('an id that is none of ours is not named in the log', async () => {
  const { bonds, ann } = await setUp()
  const altered = { ...ann, id: '-1' }
  await expect(bonds.check(altered)).rejects.toMatchObject({ userId: undefined })
})

test('a unionid holds for the user whose login brought it', async () => {
  const { bonds, ann, eve } = await setUp()
  const { unionidProof } = ann
  const unionid = String(ann.unionid)
  expect(await bonds.holdsUnionid({ userId: ann.id, unionid, unionidProof })).toBe(true)
  expect(await bonds.holdsUnionid({ userId: eve.id, unionid, unionidProof })).toBe(false)
  expect(await bonds.holdsUnionid({ userId: ann.id, unionid: 'u-eve', unionidProof })).toBe(false)
  expect(await bonds.holdsUnionid({ userId: ann.id, unionid, unionidProof: null })).toBe(false)
})

test('a user of version 0.1 gets his proofs when he is met, for a day after the upgrade', async () => {
  const store = createMemoryStore()
  const { userId } = await store.sessions.begin(login({ openid: 'o-old', unionid: 'u-old' }))
  const { bonds, clock } = startParts({ store })
  await bonds.check((await store.users.find(userId)) as User)
  const adopted = (await store.users.find(userId)) as User
  clock.advance(90_000)
  expect(await bonds.holds(adopted)).toBe(true)
  const { unionidProof } = adopted
  expect(await bonds.holdsUnionid({ userId, unionid: 'u-old', unionidProof })).toBe(true)
  expect(await bonds.holds({ ...adopted, proof: null })).toBe(false)
})
