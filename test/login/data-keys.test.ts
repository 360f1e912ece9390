import { createEvents, type LoginEvent } from '../../src/events'
import { type AdoptUsers, createDataKeys } from '../../src/login/data-keys'
import type { Store } from '../../src/store/contract/store'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { createSigningKeys } from '../../src/token/signing-keys'
import { login } from '../store/contract/samples'
import { Clock } from '../support/clock'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'

const clock = new Clock()
const THIRD = 'a third secret for tests: 7b1e9c40d2f65a83e0c4'
const FOURTH = 'a fourth secret for tests: 90ad3c71e5b8f2640d1f'

interface Setting {
  store: Store
  secrets?: [string, string?]
  adoptUsers?: AdoptUsers
}

function keysOf({ store, secrets = [JWT_SECRET], adoptUsers = 'auto' }: Setting) {
  const events = createEvents()
  const told: LoginEvent[] = []
  events.listen(event => void told.push(event))
  const signingKeys = createSigningKeys(...secrets)
  const { proofs } = store
  return { ...createDataKeys({ proofs, signingKeys, adoptUsers, events, now: clock.now }), told }
}
const nameOf = async (setting: Setting) => (await keysOf(setting).get()).digest('name')

/** A store with a user who has this proof. */
async function storeWithUser(proof: string | null): Promise<Store> {
  const store = createMemoryStore()
  await store.sessions.begin(login({ proof }))
  return store
}

test('instances that start together on a new store agree on one key', async () => {
  const store = createMemoryStore()
  const names = await Promise.all(Array.from({ length: 5 }, () => nameOf({ store })))
  expect(new Set(names).size).toBe(1)
})

test('a key that is made before there are users believes nobody without a proof', async () => {
  const keys = keysOf({ store: createMemoryStore() })
  await keys.get()
  expect(keys.isAdopting()).toBe(false)
})

test('three rotations, step by step, keep the key', async () => {
  const store = createMemoryStore()
  const name = await nameOf({ store })
  const all = [JWT_SECRET, OTHER_JWT_SECRET, THIRD, FOURTH]
  for (const [i, next] of all.slice(1).entries()) {
    const now = String(all[i])
    for (const secrets of [[now, next], [next, now], [next]] as [string, string?][]) {
      expect(await nameOf({ store, secrets })).toBe(name)
    }
    // What the old secret sealed is gone: it opens nothing any more.
    await expect(keysOf({ store, secrets: [now] }).get()).rejects.toThrow()
  }
})

test('a step may be undone, and neighbouring steps may start in any order', async () => {
  const store = createMemoryStore()
  const name = await nameOf({ store })
  const steps: [string, string?][] = [[JWT_SECRET], [JWT_SECRET, OTHER_JWT_SECRET]]
  const [old, beside] = steps as [[string], [string, string]]
  for (const secrets of [beside, old, beside, old, beside]) {
    expect(await nameOf({ store, secrets })).toBe(name)
  }
})

describe('beside users that are proven', () => {
  test('a key that is gone is never made anew, and the log says what to do', async () => {
    const store = await storeWithUser('proof')
    const { get, told } = keysOf({ store })
    for (let i = 0; i < 2; i++) {
      await expect(get()).rejects.toMatchObject({
        ...{ code: 'misconfigured', reason: 'data_key_missing' },
      })
    }
    expect(await store.proofs.readKey()).toBeUndefined()
    expect(told).toEqual([
      {
        ...{ type: 'store.lost', setting: 'JWT_SECRET (jwtSecret)', reason: 'data_key_missing' },
        fix: expect.stringContaining('ADOPT_USERS=on'),
      },
    ])
  })

  test('a key that no configured secret opens, forged or left behind, is not replaced', async () => {
    const store = await storeWithUser('proof')
    for (const forged of ['', 'forged', 'kid.AAAA', `${'A'.repeat(8)}.${'A'.repeat(200)}`]) {
      const before = await store.proofs.readKey()
      if (before === undefined) await store.proofs.createKey(forged)
      else await store.proofs.replaceKey(before, forged)
      const { get, told } = keysOf({ store })
      await expect(get()).rejects.toMatchObject({ reason: 'data_key_not_opened' })
      expect(told).toMatchObject([{ fix: expect.stringContaining('JWT_SECRET_PREVIOUS') }])
      expect(await store.proofs.readKey()).toBe(forged)
    }
  })

  test('it is made anew where the operator says so, and that is told to be over', async () => {
    const store = await storeWithUser('proof')
    const keys = keysOf({ store, adoptUsers: 'on' })
    await keys.get()
    expect(keys.isAdopting()).toBe(true)
    await store.proofs.replaceKey(String(await store.proofs.readKey()), 'forged')
    const again = keysOf({ store, adoptUsers: 'on' })
    expect(await again.get()).toBeDefined()
    expect(await store.proofs.readKey()).not.toBe('forged')
  })
})

describe('beside users of version 0.1, who have no proof', () => {
  test('it is made, and they are believed for a day and no longer', async () => {
    const keys = keysOf({ store: await storeWithUser(null) })
    expect(keys.isAdopting()).toBe(false)
    await keys.get()
    expect(keys.isAdopting()).toBe(true)
    clock.advance(86_399)
    expect(keys.isAdopting()).toBe(true)
    clock.advance(1)
    expect(keys.isAdopting()).toBe(false)
  })

  test('with ADOPT_USERS=off they are never believed', async () => {
    const { get } = keysOf({ store: await storeWithUser(null), adoptUsers: 'off' })
    await expect(get()).rejects.toMatchObject({ reason: 'data_key_missing' })
  })
})

test('a store that is down is asked again at the next call', async () => {
  const store = createMemoryStore()
  const readKey = jest.spyOn(store.proofs, 'readKey').mockRejectedValueOnce(new Error('down'))
  const { get } = keysOf({ store })
  await expect(get()).rejects.toThrow('down')
  await get()
  await get()
  expect(readKey).toHaveBeenCalledTimes(2)
})
