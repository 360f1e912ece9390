import { createUserChanges } from '../../src/login/user-changes'
import { ORIGIN, startParts } from './parts'

const platform = {
  exchangeCode: async (code: string) => ({ openid: `o-${code[0]}`, sessionKey: 'key' }),
}

/** Three sessions of A, three of B. */
async function setUp() {
  const parts = startParts({ platform })
  const ofA = await Promise.all(['A1', 'A2', 'A3'].map(parts.sessionOf))
  const ofB = await Promise.all(['B1', 'B2', 'B3'].map(parts.sessionOf))
  parts.told.length = 0
  const left = async () => {
    const found = await Promise.all([...ofA, ...ofB].map(each => parts.store.sessions.find(each)))
    return found.flatMap(session => session?.userId ?? [])
  }
  const [userId, other] = [String(ofA[0]?.userId), String(ofB[0]?.userId)]
  return { ...parts, ofA, userId, left, ofOther: [other, other, other] }
}

test.each([
  ['logOut', 'logout', undefined],
  ['disable', 'disabled', 'user.disabled'],
  ['erase', 'erased', 'user.erased'],
] as const)(
  '%s ends all sessions of that user only, and tells each as %s',
  async (name, reason, event) => {
    const { changes, ofA, userId, left, ofOther, told, ends } = await setUp()
    const isThere =
      name === 'disable'
        ? await changes.disable(userId, 'spam', ORIGIN)
        : await changes[name](userId, ORIGIN)
    expect(isThere).toBe(true)
    expect(await left()).toEqual(ofOther)
    const [first, ...others] = event ? told : [undefined, ...told]
    if (event) expect(first).toEqual({ type: event, userId, ...ORIGIN })
    expect(others.map(each => each && 'sessionId' in each && each.sessionId).sort()).toEqual(
      ofA.map(({ id }) => id).sort(),
    )
    for (const each of others) {
      expect(each).toMatchObject({ type: 'session.ended', reason, userId, ...ORIGIN })
    }
    for (const { id } of ofA) expect(await ends.reasonOf(id)).toBe(reason)
  },
)

test('a disabled user’s login is refused by user_disabled, and so is whoever repeats the code', async () => {
  const { changes, login, userId, store, heard } = await setUp()
  await changes.disable(userId, undefined, ORIGIN)
  heard('user.disabled')
  for (let i = 0; i < 2; i++) {
    await expect(login({ code: 'A4' }, ORIGIN)).rejects.toMatchObject({
      ...{ code: 'user_disabled', status: 403, action: 'contact_admin' },
    })
  }
  expect(heard('login.refused')).toMatchObject([
    { error: 'user_disabled' },
    { error: 'user_disabled', isRepeat: true },
  ])
  expect(await store.sessions.list(userId, 0)).toEqual([])
  await changes.enable(userId, ORIGIN)
  expect(await login({ code: 'A5' }, ORIGIN)).toMatchObject({ userId, isNewUser: false })
})

test('enabling tells one event, and brings no ended session back', async () => {
  const { changes, userId, left, ofOther, heard } = await setUp()
  await changes.disable(userId, 'spam', ORIGIN)
  heard('user.disabled')
  expect(await changes.enable(userId, ORIGIN)).toBe(true)
  expect(heard('user.enabled')).toEqual([{ type: 'user.enabled', userId, ...ORIGIN }])
  expect(await left()).toEqual(ofOther)
})

test('for nobody nothing is told', async () => {
  const { changes, told } = await setUp()
  expect(await changes.logOut('nobody', ORIGIN)).toBe(false)
  expect(await changes.disable('nobody', 'spam', ORIGIN)).toBe(false)
  expect(await changes.enable('nobody', ORIGIN)).toBe(false)
  expect(await changes.erase('nobody', ORIGIN)).toBe(false)
  expect(told).toEqual([])
})

test('the operator’s reason is kept on the user and told to no log', async () => {
  const { changes, store, userId, told } = await setUp()
  await changes.disable(userId, '投诉 #17', ORIGIN)
  expect(await store.users.find(userId)).toMatchObject({ disabledReason: '投诉 #17' })
  expect(JSON.stringify(told)).not.toContain('投诉')
})

test.each(['', 'x'.repeat(201), 'a\nb', '\0'])(
  'a reason like %p is refused, and nobody is disabled',
  async reason => {
    const { changes, store, userId } = await setUp()
    await expect(changes.disable(userId, reason, ORIGIN)).rejects.toThrow(TypeError)
    expect(await store.users.find(userId)).toMatchObject({ disabledAt: null })
  },
)

test('an erase that fails half way, with the person gone, is told once all the same', async () => {
  const { store, ofA, userId, told, ends, events, clock } = await setUp()
  const users = {
    ...store.users,
    async erase(id: string, now: number) {
      await store.users.erase(id, now)
      throw new Error('wal_in_use')
    },
  }
  const broken = { users, sessions: store.sessions }
  const changes = createUserChanges({ store: broken, ends, events, now: clock.now })
  await expect(changes.erase(userId, ORIGIN)).rejects.toThrow('wal_in_use')
  expect(told.map(({ type }) => type)).toEqual(['user.erased', ...ofA.map(() => 'session.ended')])
})

test('an erase that did nothing tells nothing', async () => {
  const { store, userId, told, ends, events, clock } = await setUp()
  const erase = () => Promise.reject(new Error('no store'))
  const broken = { users: { ...store.users, erase }, sessions: store.sessions }
  const changes = createUserChanges({ store: broken, ends, events, now: clock.now })
  await expect(changes.erase(userId, ORIGIN)).rejects.toThrow('no store')
  expect(told).toEqual([])
})
