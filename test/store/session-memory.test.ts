import type { Session } from '../../src/store/contract/sessions'
import { createSessionMemory } from '../../src/store/session-memory'

const session = (id: string, userId: string, sealed = 'sealed'): Session => ({
  ...{ id, userId, appid: 'app', openid: userId, unionid: null, unionidProof: null, sealed },
  ...{ sessionKeyHash: null, createdAt: 1, expiresAt: 9, lastUsedAt: 1 },
  ...{ newestKeyHash: null, newestKeyAt: 1, newestKeyCheck: null },
})
const idsOf = (userId: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: String(i), userId }))

test('a session is found by its user and its id alone', () => {
  const memory = createSessionMemory(10)
  memory.keep(session('1', 'ann'))
  expect(memory.get({ id: '1', userId: 'ann' })).toEqual(session('1', 'ann'))
  expect(memory.get({ id: '2', userId: 'ann' })).toBeUndefined()
  expect(memory.get({ id: '1', userId: 'bob' })).toBeUndefined()
})

test('a session that is read again takes the place of the older reading', () => {
  const memory = createSessionMemory(10)
  memory.keep(session('1', 'ann', 'older'))
  memory.keep(session('1', 'ann', 'newer'))
  expect(memory.get({ id: '1', userId: 'ann' })?.sealed).toBe('newer')
})

test('a user’s sessions go together, and nobody else’s', () => {
  const memory = createSessionMemory(10)
  for (const each of [session('1', 'ann'), session('2', 'ann'), session('1', 'bob')]) {
    memory.keep(each)
  }
  memory.forget('ann')
  for (const ref of idsOf('ann', 3)) expect(memory.get(ref)).toBeUndefined()
  expect(memory.get({ id: '1', userId: 'bob' })).toBeDefined()
  memory.clear()
  expect(memory.get({ id: '1', userId: 'bob' })).toBeUndefined()
})

test('ten sessions of a user are kept, as many as can run, and the oldest reading makes room', () => {
  const memory = createSessionMemory(100)
  const refs = idsOf('ann', 12)
  for (const { id, userId } of refs) memory.keep(session(id, userId))
  expect(refs.filter(ref => memory.get(ref)).map(({ id }) => Number(id))).toEqual([
    2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
  ])
})

test('no more sessions are kept than it may hold, however few users have them', () => {
  const memory = createSessionMemory(10)
  for (const userId of ['ann', 'bob', 'carl']) {
    for (const { id } of idsOf(userId, 4)) memory.keep(session(id, userId))
  }
  const kept = (userId: string) => idsOf(userId, 4).filter(ref => memory.get(ref)).length
  expect([kept('ann'), kept('bob'), kept('carl')]).toEqual([0, 4, 4])
})
