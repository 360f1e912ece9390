import { createProfile } from '../../src/login/profile'
import { startParts } from './parts'

const { store, sessionOf } = startParts()
const profile = createProfile(store)

test('a user that told nothing has neither nickname nor avatar', async () => {
  const session = await sessionOf('ann')
  expect(await profile.read(session)).toMatchObject({
    ...{ id: session.userId, nickname: null, avatarUrl: null, phoneNumber: null },
  })
})

test('what is given changes, null clears, and what is left out stays', async () => {
  const session = await sessionOf('bob')
  const avatarUrl = 'https://example.com/bob.png'
  const changed = await profile.change(session, { nickname: 'Bob', avatarUrl })
  expect(changed).toMatchObject({ nickname: 'Bob', avatarUrl })
  expect(await profile.change(session, { nickname: null })).toMatchObject({
    ...{ nickname: null, avatarUrl },
  })
  expect(await profile.read(session)).toMatchObject({ nickname: null, avatarUrl })
})

test('one user’s change is no change of another', async () => {
  const [carol, dave] = [await sessionOf('carol'), await sessionOf('dave')]
  await profile.change(carol, { nickname: 'Carol' })
  expect(await profile.read(dave)).toMatchObject({ nickname: null })
})

test('a user that the store has lost is logged out', async () => {
  const session = { ...(await sessionOf('erin')), userId: 'nobody' }
  const gone = { code: 'session_ended', reason: 'user_gone' }
  await expect(profile.read(session)).rejects.toMatchObject(gone)
  await expect(profile.change(session, { nickname: 'x' })).rejects.toMatchObject(gone)
})

test('a row that is another person’s is neither shown nor written', async () => {
  const [frank, victim] = [await sessionOf('frank'), await sessionOf('victim')]
  const swapped = { ...frank, userId: victim.userId }
  const ended = { code: 'session_ended', reason: 'row_disagrees' }
  await expect(profile.read(swapped)).rejects.toMatchObject(ended)
  await expect(profile.change(swapped, { nickname: 'Frank' })).rejects.toMatchObject(ended)
  expect(await profile.read(victim)).toMatchObject({ nickname: null })
})

test.each(['', 'junk', Number.NaN, 9e15])('a row with the time %j is no answer', async time => {
  const session = await sessionOf(`time ${time}`)
  const find: typeof store.users.find = async id => {
    const user = await store.users.find(id)
    return user && { ...user, createdAt: time as number }
  }
  const poisoned = createProfile({ users: { ...store.users, find } })
  await expect(poisoned.read(session)).rejects.toMatchObject({
    ...{ code: 'store_unavailable', reason: 'row_unreadable' },
  })
})
