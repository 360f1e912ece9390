import { checkWhom, idsOf, type People } from '../../src/cli/find-users'

const asked: string[] = []
const people = {
  appids: ['wx1', 'wx2'],
  users: {
    async byOpenid(appid: string, openid: string) {
      asked.push(`${appid} ${openid}`)
      return appid === 'wx2' ? { id: 'user-of-wx2' } : undefined
    },
    byUnionid: async () => [{ id: 'one' }, { id: 'two' }],
  },
} as unknown as People

test('ids that are given are taken as they are', async () => {
  expect(await idsOf(people, ['a', 'b'], {})).toEqual(['a', 'b'])
})

test('an openid without an appid is looked for in every mini program that is configured', async () => {
  expect(await idsOf(people, [], { openid: 'o' })).toEqual(['user-of-wx2'])
  expect(asked).toEqual(['wx1 o', 'wx2 o'])
})

test('a unionid finds all users of the person', async () => {
  expect(await idsOf(people, [], { unionid: 'u' })).toEqual(['one', 'two'])
})

test.each([
  [[], {}],
  [['a'], { phone: '1' }],
  [[], { phone: '1', unionid: 'u' }],
  [['a'], { appid: 'wx1' }],
])('%j with %j is refused', (ids, whom) => {
  expect(() => checkWhom(ids, whom)).toThrow(expect.objectContaining({ name: 'UsageError' }))
})
