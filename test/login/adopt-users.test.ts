import { startAdoption } from '../../src/login/adopt-users'
import { LISTED_USERS, type User } from '../../src/store/contract/users'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { login } from '../store/contract/samples'
import { startParts } from './parts'

const patience = { adoptionPauseMs: 0, adoptionEveryMs: 1, adoptionRetryMs: 1 }
const warn = jest.fn()
const log = { warn }
beforeEach(() => warn.mockClear())
async function everybody({ users }: ReturnType<typeof createMemoryStore>): Promise<User[]> {
  const all: User[] = []
  for (let page = await users.list(''); page.length > 0; ) {
    all.push(...page)
    page = await users.list(String(page.at(-1)?.id))
  }
  return all
}
const hasAll = async (store: ReturnType<typeof createMemoryStore>) =>
  (await everybody(store)).every(({ proof }) => proof !== null)
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(resolve => setTimeout(resolve, 1))
}

test('after an upgrade every user gets a proof, also those who come without one later', async () => {
  const store = createMemoryStore()
  for (let i = 0; i < LISTED_USERS * 2; i++) await store.sessions.begin(login())
  const { dataKeys, bonds, clock } = startParts({ store })
  const stop = startAdoption({ dataKeys, bonds, users: store.users, patience, log })
  await until(() => hasAll(store))
  await store.sessions.begin(login())
  await until(() => hasAll(store))
  stop()
  expect(warn.mock.calls).toEqual([['users_without_proof_believed', expect.anything()]])
  clock.advance(90_000)
  for (const user of await everybody(store)) expect(await bonds.holds(user)).toBe(true)
})

test('where no users are adopted nobody is given a proof', async () => {
  const store = createMemoryStore()
  const { dataKeys, bonds } = startParts({ store })
  await dataKeys.get()
  await store.sessions.begin(login())
  const list = jest.spyOn(store.users, 'list')
  const stop = startAdoption({ dataKeys, bonds, users: store.users, patience, log })
  await new Promise(resolve => setTimeout(resolve, 20))
  expect(list).not.toHaveBeenCalled()
  expect(warn).not.toHaveBeenCalled()
  stop()
})

test('a write that failed keeps nobody else from a proof, and is tried again', async () => {
  const store = createMemoryStore()
  for (let i = 0; i < 5; i++) await store.sessions.begin(login())
  const { dataKeys, bonds } = startParts({ store })
  let failures = 0
  const failing = {
    adopt: async (user: User) => {
      if (failures++ === 0) throw new Error('no disk')
      await bonds.adopt(user)
    },
  }
  const never = { ...patience, adoptionEveryMs: 600_000 }
  const stop = startAdoption({ dataKeys, bonds: failing, users: store.users, patience: never, log })
  await until(() => hasAll(store))
  expect(failures).toBeGreaterThan(5)
  stop()
})
