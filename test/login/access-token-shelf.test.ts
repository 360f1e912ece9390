import { createAccessTokenShelf } from '../../src/login/access-token-shelf'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { createSigningKeys } from '../../src/token/signing-keys'
import { Clock } from '../support/clock'
import { JWT_SECRET, OTHER_JWT_SECRET } from '../support/secrets'

const APPID = 'wx0000000000000000'
const clock = new Clock()
const store = createMemoryStore()
const shelfWith = (...secrets: [string, string?]) =>
  createAccessTokenShelf({
    values: store.values,
    signingKeys: createSigningKeys(...secrets),
    now: clock.now,
  })
const shelf = shelfWith(JWT_SECRET)
const token = (value: string) => ({ value, expiresAt: clock.ms + 7200_000 })

test('what one instance writes another reads, until it expires', async () => {
  await shelf.write(APPID, token('first'))
  expect(await shelfWith(JWT_SECRET).read(APPID)).toEqual(token('first'))
  clock.advance(7199)
  expect(await shelf.read(APPID)).toMatchObject({ value: 'first' })
  clock.advance(1)
  expect(await shelf.read(APPID)).toBeUndefined()
})

test('a token is dropped only while it is still this one, whoever sealed it', async () => {
  await shelf.write(APPID, token('old'))
  await shelf.write(APPID, token('new'))
  await shelf.drop(APPID, 'old')
  expect(await shelf.read(APPID)).toMatchObject({ value: 'new' })
  await shelfWith(JWT_SECRET).write(APPID, token('new'))
  await shelf.drop(APPID, 'new')
  expect(await shelf.read(APPID)).toBeUndefined()
})

test('what rests is sealed, opens after a rotation, and with no other secret', async () => {
  await shelf.write(APPID, token('secret-value'))
  const resting = await store.values.read(`access_token:${APPID}`, clock.ms)
  expect(resting).not.toContain('secret-value')
  expect(await shelfWith(OTHER_JWT_SECRET, JWT_SECRET).read(APPID)).toEqual(token('secret-value'))
  expect(await shelfWith(OTHER_JWT_SECRET).read(APPID)).toBeUndefined()
})

test('a token that was moved under another appid does not open there', async () => {
  await shelf.write(APPID, token('mine'))
  const resting = String(await store.values.read(`access_token:${APPID}`, clock.ms))
  const life = { now: clock.ms, expiresAt: clock.ms + 1000 }
  await store.values.write('access_token:wx1111111111111111', resting, life)
  expect(await shelf.read('wx1111111111111111')).toBeUndefined()
})

test('a lease has one holder, ends when given back or by itself, and a late holder gives back nothing', async () => {
  const first = await shelf.lease(APPID, 1500)
  expect(first).toBeDefined()
  expect(await shelf.lease(APPID, 1500)).toBeUndefined()
  expect(await shelf.lease('wx1111111111111111', 1500)).toBeDefined()
  clock.advance(1.5)
  const second = await shelf.lease(APPID, 1500)
  expect(second).toBeDefined()
  await first?.()
  expect(await shelf.lease(APPID, 1500)).toBeUndefined()
  await second?.()
  expect(await shelf.lease(APPID, 1500)).toBeDefined()
})
