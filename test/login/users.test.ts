import { createProvenUsers } from '../../src/login/proven-users'
import { createUsers } from '../../src/login/users'
import type { User } from '../../src/store/contract/users'
import { APPID, ORIGIN, OTHER_APPID, type PartsOptions, startParts } from './parts'

const platform: PartsOptions['platform'] = {
  exchangeCode: async code => ({ openid: `o-${code}`, sessionKey: 'key', unionid: 'u-person' }),
}
const { login, store, clock, users, bonds, sessions, changes, heard } = startParts({ platform })

test('a user is found by its id and by its openid within one app', async () => {
  const { userId } = await login({ code: 'ann' }, ORIGIN)
  expect(await users.byId(userId)).toMatchObject({ id: userId, openid: 'o-ann', appid: APPID })
  expect(await users.byOpenid(APPID, 'o-ann')).toMatchObject({ id: userId })
  expect(await users.byOpenid(OTHER_APPID, 'o-ann')).toBeUndefined()
})

test('a unionid finds the users of one person in all apps, the oldest first', async () => {
  clock.advance(1)
  const other = await login({ code: 'ann-elsewhere', appid: OTHER_APPID }, ORIGIN)
  const found = await users.byUnionid('u-person')
  expect(found.map(({ openid }) => openid)).toEqual(['o-ann', 'o-ann-elsewhere'])
  expect(found[1]?.id).toBe(other.userId)
})

test('a phone number finds whoever proved it', async () => {
  const { userId } = await login({ code: 'bob' }, ORIGIN)
  await store.users.update(userId, { phoneNumber: '13800000000' })
  expect(await users.byPhone('13800000000')).toMatchObject([{ id: userId }])
})

test('nobody is undefined or an empty list, not an error', async () => {
  expect(await users.byId('nobody')).toBeUndefined()
  expect(await users.byUnionid('u-nobody')).toEqual([])
  expect(await users.byPhone('0')).toEqual([])
})

test('a text with a control character is nobody’s name, and the store is not asked', async () => {
  const never = () => Promise.reject(new Error('asked'))
  const lookUps = { find: never, findByOpenid: never, findByUnionid: never, findByPhone: never }
  const asked = createUsers({
    stored: { ...lookUps, list: never },
    proven: { one: never, all: never },
    sessions: { list: never },
    changes: { logOut: never, disable: never, enable: never, erase: never },
  })
  for (const name of ['\0', 'a\0', 'a\nb', '\x7f', '\x9b']) {
    expect(await asked.byId(name)).toBeUndefined()
    expect(await asked.byOpenid(name, 'o')).toBeUndefined()
    expect(await asked.byOpenid(APPID, name)).toBeUndefined()
    expect(await asked.byUnionid(name)).toEqual([])
    expect(await asked.byPhone(name)).toEqual([])
    expect(await asked.list({ after: name })).toEqual({ users: [], next: null })
    expect(await asked.sessions(name)).toEqual([])
    expect(await asked.export(name)).toBeUndefined()
    expect(await asked.logOut(name)).toBe(false)
    expect(await asked.disable(name)).toBe(false)
    expect(await asked.enable(name)).toBe(false)
    expect(await asked.erase(name)).toBe(false)
  }
})

test('an export holds all that is kept of the person, and no session_key', async () => {
  const { userId } = await login({ code: 'eve' }, ORIGIN)
  await store.users.update(userId, { nickname: '小明', phoneNumber: '13811111111' })
  const exported = await users.export(userId)
  expect(exported).toEqual({
    user: await users.byId(userId),
    sessions: await users.sessions(userId),
  })
  expect(exported?.user).toMatchObject({ openid: 'o-eve', unionid: 'u-person', nickname: '小明' })
  expect(exported?.sessions).toHaveLength(1)
  expect(JSON.stringify(exported)).not.toContain('sealed')
})

test('the pages of the list hold every user once, also when one is erased in between', async () => {
  const paged = startParts()
  const ids: string[] = []
  for (const code of ['a', 'b', 'c', 'd', 'e']) {
    ids.push((await paged.login({ code }, ORIGIN)).userId)
  }
  const first = await paged.users.list({ limit: 2 })
  await paged.users.erase(String(first.next))
  const second = await paged.users.list({ after: first.next, limit: 2 })
  const third = await paged.users.list({ after: second.next, limit: 2 })
  const found = [first, second, third].flatMap(page => page.users.map(({ id }) => id))
  expect(found).toEqual([...ids].sort())
  expect(third.next).toBeNull()
})

test.each([0, 101, 1.5, Number.NaN])('a page of %p users is refused', async limit => {
  await expect(users.list({ limit })).rejects.toThrow(TypeError)
})

test('a change that the library makes is told, and says whether there is such a user', async () => {
  const { userId } = await login({ code: 'dan' }, ORIGIN)
  heard('login.succeeded')
  expect(await users.logOut(userId)).toBe(true)
  expect(heard('session.ended')).toMatchObject([{ reason: 'logout', userId }])
  expect(await users.disable(userId, 'spam')).toBe(true)
  expect(heard('user.disabled')).toHaveLength(1)
  expect(await users.byId(userId)).toMatchObject({
    disabledAt: clock.now(),
    disabledReason: 'spam',
  })
  expect(await users.enable(userId)).toBe(true)
  expect(heard('user.enabled')).toHaveLength(1)
  expect(await users.erase(userId)).toBe(true)
  expect(heard('user.erased')).toHaveLength(1)
  for (const change of [users.disable, users.enable, users.logOut, users.erase]) {
    expect(await change(userId)).toBe(false)
  }
})

describe('who is not proven to be the user of his row', () => {
  const ann = async () => (await store.users.findByOpenid(APPID, 'o-ann')) as User
  const usersOf = (row: User) => {
    const one = async () => row
    const all = async () => [row]
    const lookUps = { find: one, findByOpenid: one, findByUnionid: all, findByPhone: all }
    const proven = createProvenUsers(bonds)
    return createUsers({ stored: { ...lookUps, list: all }, proven, sessions, changes })
  }

  test('is not found, whatever he is looked for by', async () => {
    const swapped = usersOf({ ...(await ann()), id: 'another' })
    expect(await swapped.byId('another')).toBeUndefined()
    expect(await swapped.byOpenid(APPID, 'o-ann')).toBeUndefined()
    expect(await swapped.byUnionid('u-person')).toEqual([])
    expect(await swapped.byPhone('13800000000')).toEqual([])
    expect(await swapped.list()).toEqual({ users: [], next: null })
  })

  test('is found without the unionid where that alone is not proven', async () => {
    const swapped = usersOf({ ...(await ann()), unionid: 'u-victim' })
    expect(await swapped.byId('ann')).toMatchObject({ openid: 'o-ann', unionid: null })
    expect(await swapped.byUnionid('u-victim')).toEqual([])
  })

  test('and no proof is shown to anybody', async () => {
    const found = await users.byOpenid(APPID, 'o-ann')
    expect(found).not.toHaveProperty('proof')
    expect(found).not.toHaveProperty('unionidProof')
  })
})
