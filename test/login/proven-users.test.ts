import { createProvenUsers } from '../../src/login/proven-users'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { startParts } from './parts'

async function setUp() {
  const store = createMemoryStore()
  const { bonds, sessionOf } = startParts({ store, adoptUsers: 'off' })
  const { userId } = await sessionOf('alice')
  const stored = await store.users.find(userId)
  if (!stored) throw new Error('no user')
  return { proven: createProvenUsers(bonds), stored }
}

test('a proven user is shown, without the proofs', async () => {
  const { proven, stored } = await setUp()
  const { proof: _proof, unionidProof: _unionidProof, ...shown } = stored
  expect(await proven.one(Promise.resolve(stored))).toEqual(shown)
  expect(await proven.all(Promise.resolve([stored]))).toEqual([shown])
})

test.each(['id', 'appid', 'openid', 'proof'] as const)(
  'a user whose %s was altered in the store is nobody',
  async field => {
    const { proven, stored } = await setUp()
    const altered = { ...stored, [field]: 'another' }
    expect(await proven.one(Promise.resolve(altered))).toBeUndefined()
    expect(await proven.all(Promise.resolve([altered, stored]))).toHaveLength(1)
  },
)

test('a unionid without its proof is left out, and the user is shown', async () => {
  const { proven, stored } = await setUp()
  const altered = { ...stored, unionid: 'another' }
  expect(await proven.one(Promise.resolve(altered))).toMatchObject({ id: stored.id, unionid: null })
})

test('nobody is nobody', async () => {
  const { proven } = await setUp()
  expect(await proven.one(Promise.resolve(undefined))).toBeUndefined()
})
