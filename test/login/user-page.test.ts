import { listUsers, type UserPageRequest } from '../../src/login/user-page'
import { LISTED_USERS, type User } from '../../src/store/contract/users'

const user = (id: number) => ({ id: String(id) }) as User
/** Finds everybody proven but these. */
const provenBut = (...ids: readonly string[]) => ({
  all: async (asked: Promise<readonly User[]>) =>
    (await asked).filter(({ id }) => !ids.includes(id)),
})
const proven = provenBut()
const pageOf = (stored: Stored, request: UserPageRequest) => listUsers({ stored, proven }, request)
type Stored = Parameters<typeof listUsers>[0]['stored']

/** A store with so many users, which says from where it was asked. */
function stored(count: number) {
  const asked: string[] = []
  const list = async (after: string) => {
    asked.push(after)
    return Array.from({ length: Math.min(count, LISTED_USERS) }, (_, i) => user(i))
  }
  return { asked, list }
}

test('a page names the user after whom the next one begins', async () => {
  expect(await pageOf(stored(5), { limit: 2 })).toEqual({ users: [user(0), user(1)], next: '1' })
})

test('the last page has no next one, also when it is full', async () => {
  expect(await pageOf(stored(2), { limit: 2 })).toMatchObject({ next: null })
  expect(await pageOf(stored(100), {})).toMatchObject({ next: null })
  expect(await pageOf(stored(101), {})).toMatchObject({ next: '99' })
  expect(await pageOf(stored(0), {})).toEqual({ users: [], next: null })
})

test.each([
  [{}, ''],
  [{ after: null }, ''],
  [{ after: 'x' }, 'x'],
])('the page of %p begins after %p', async (request, after) => {
  const store = stored(0)
  await pageOf(store, request)
  expect(store.asked).toEqual([after])
})

test.each([0, 101, 1.5, Number.NaN, -1])('a limit of %p is refused', async limit => {
  await expect(pageOf(stored(5), { limit })).rejects.toThrow(/"limit"/)
})

test('who is not proven is left out of his page, and the next page still begins where it would', async () => {
  const page = await listUsers({ stored: stored(5), proven: provenBut('1') }, { limit: 2 })
  expect(page).toEqual({ users: [user(0)], next: '1' })
})
