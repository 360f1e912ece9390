import type { Session, SessionRef } from '../../../src/store/contract/sessions'
import { rememberSessions } from '../../../src/store/sql/remembered-sessions'

const session = (id: string, userId: string, sealed = 'sealed'): Session => ({
  id,
  userId,
  appid: 'app',
  openid: userId,
  unionid: null,
  unionidProof: null,
  sealed,
  sessionKeyHash: null,
  createdAt: 1,
  expiresAt: 9,
  lastUsedAt: 1,
  newestKeyHash: null,
  newestKeyAt: 1,
  newestKeyCheck: null,
})

/** A database of sessions that says what changed in it. */
function setUp(rows: readonly Session[]) {
  const nameOf = ({ userId, id }: SessionRef) => `${userId} ${id}`
  const stored = new Map(rows.map(row => [nameOf(row), row]))
  const reads: string[] = []
  let looks = 0
  let news: readonly string[] | undefined | Error = []
  let onRead = () => {}
  const find = rememberSessions(
    ref => {
      reads.push(nameOf(ref))
      const found = stored.get(nameOf(ref))
      onRead()
      return found
    },
    {
      look() {
        looks++
        const told = news
        if (told instanceof Error) throw told
        news = []
        return told
      },
    },
  )
  return {
    find,
    reads,
    looks: () => looks,
    put: (row: Session) => stored.set(nameOf(row), row),
    remove: (ref: SessionRef) => stored.delete(nameOf(ref)),
    tell(told: readonly string[] | undefined | Error) {
      news = told
    },
    onRead(does: () => void) {
      onRead = does
    },
  }
}

const ANN = { id: '1', userId: 'ann' }
const BOB = { id: '1', userId: 'bob' }

test('a session is read once, and found from then on', async () => {
  const { find, reads } = setUp([session('1', 'ann')])
  expect(await find(ANN)).toEqual(session('1', 'ann'))
  expect(await find(ANN)).toEqual(session('1', 'ann'))
  expect(reads).toEqual(['ann 1'])
})

test('a session is found by its user and its id alone', async () => {
  const { find } = setUp([session('1', 'ann'), session('2', 'bob')])
  await find(ANN)
  expect(await find({ id: '2', userId: 'ann' })).toBeUndefined()
  expect(await find(BOB)).toBeUndefined()
  expect(await find({ id: '2', userId: 'bob' })).toEqual(session('2', 'bob'))
})

test('what is not there is asked for each time', async () => {
  const { find, put } = setUp([])
  expect(await find(ANN)).toBeUndefined()
  put(session('1', 'ann'))
  expect(await find(ANN)).toBeDefined()
})

test('of whom anything changed is read anew, and nobody else', async () => {
  const { find, reads, remove, put, tell } = setUp([session('1', 'ann'), session('1', 'bob')])
  await Promise.all([find(ANN), find(BOB)])
  remove(ANN)
  put(session('1', 'bob', 'sealed anew'))
  tell(['ann', 'carl'])
  expect(await find(ANN)).toBeUndefined()
  expect(await find(BOB)).toEqual(session('1', 'bob'))
  tell(['bob'])
  expect(await find(BOB)).toEqual(session('1', 'bob', 'sealed anew'))
  expect(reads).toEqual(['ann 1', 'bob 1', 'ann 1', 'bob 1'])
})

test('where nobody knows what changed, all is read anew', async () => {
  const { find, reads, tell } = setUp([session('1', 'ann'), session('1', 'bob')])
  await Promise.all([find(ANN), find(BOB)])
  tell(undefined)
  await Promise.all([find(ANN), find(BOB)])
  expect(reads).toHaveLength(4)
})

test('the database is asked once for all checks of a turn, and before each of their answers', async () => {
  const { find, looks, tell, remove } = setUp([session('1', 'ann'), session('1', 'bob')])
  await Promise.all([find(ANN), find(BOB), find(ANN)])
  expect(looks()).toBe(1)
  const asked = find(ANN)
  // It ends after the check began, and before the turn is over: also that is seen.
  remove(ANN)
  tell(['ann'])
  expect(await asked).toBeUndefined()
  expect(looks()).toBe(2)
})

test('a change that comes while the old row is read is seen by the next check', async () => {
  const { find, onRead, remove, tell } = setUp([session('1', 'ann')])
  onRead(() => {
    remove(ANN)
    tell(['ann'])
  })
  expect(await find(ANN)).toBeDefined()
  onRead(() => {})
  expect(await find(ANN)).toBeUndefined()
})

test('a look that fails fails every check of its turn, and nothing is remembered over it', async () => {
  const { find, tell, remove } = setUp([session('1', 'ann'), session('1', 'bob')])
  await Promise.all([find(ANN), find(BOB)])
  tell(new Error('damaged'))
  const outcomes = await Promise.allSettled([find(ANN), find(BOB)])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  remove(ANN)
  tell([])
  expect(await find(ANN)).toBeUndefined()
})

test('ten sessions of a user are remembered, as many as can run', async () => {
  const ids = Array.from({ length: 12 }, (_, i) => String(i))
  const { find, reads } = setUp(ids.map(id => session(id, 'ann')))
  for (const id of ids) await find({ id, userId: 'ann' })
  reads.length = 0
  for (const id of ids.slice(2)) await find({ id, userId: 'ann' })
  expect(reads).toEqual([])
  await find({ id: '0', userId: 'ann' })
  expect(reads).toEqual(['ann 0'])
})

test('8,192 sessions are remembered and no more, however few users have them', async () => {
  const refs = Array.from({ length: 8192 }, (_, i) => ({
    id: String(i % 10),
    userId: `user-${Math.floor(i / 10)}`,
  }))
  const { find, reads, put } = setUp(refs.map(({ id, userId }) => session(id, userId)))
  await Promise.all(refs.map(find))
  reads.length = 0
  await Promise.all(refs.map(find))
  expect(reads).toEqual([])
  put(session('1', 'ann'))
  await find(ANN)
  reads.length = 0
  await find(ANN)
  // The user of whom nothing was asked for longest has made room.
  await find({ id: '0', userId: 'user-0' })
  expect(reads).toEqual(['user-0 0'])
})
