import { type Service, startService } from '../support/service'

let service: Service
let token: string
beforeAll(async () => {
  service = await startService({ tokenHeaders: ['X-Access-Token'] })
  token = (await service.logIn()).token
})
afterAll(() => service.close())

const ask = async (headers: Record<string, string>, path = '/me') =>
  (await service.http.get(path).set(headers)).body
const general = async (): Promise<Record<string, string>> => ({
  token_missing: (await ask({})).message,
  token_invalid: (await ask({ token: 'x.y.z' })).message,
})
const reasonInLog = () => JSON.parse(service.requestLines.at(-1) ?? '{}').reason

describe('a token that was sent the wrong way is refused with what to do:', () => {
  test.each([
    [
      'token_missing',
      'other_scheme',
      { Authorization: 'Basic {}' },
      /别的方案.*Bearer/,
      /another scheme/,
    ],
    ['token_missing', 'other_scheme', { Authorization: 'JWT {}' }, /别的方案/, /another scheme/],
    ['token_missing', 'bearer_twice', { Authorization: 'Bearer Bearer {}' }, /两遍/, /twice/],
    ['token_missing', 'empty_bearer', { Authorization: 'Bearer ' }, /先登录/, /log in first/],
    ['token_missing', 'spaces_in_token', { Authorization: 'Bearer a b' }, /空格/, /spaces/],
    ['token_invalid', 'no_value', { Authorization: 'Bearer undefined' }, /undefined/, /undefined/],
    ['token_invalid', 'no_value', { Authorization: 'null' }, /undefined 或 null/, /or null/],
    ['token_invalid', 'no_value', { token: '[object Object]' }, /undefined/, /undefined/],
    ['token_invalid', 'in_quotes', { Authorization: 'Bearer "{}"' }, /引号/, /in quotes/],
    ['token_invalid', 'in_quotes', { Authorization: "'{}'" }, /引号/, /in quotes/],
    ['token_invalid', 'in_quotes', { token: '"{}"' }, /引号/, /in quotes/],
    ['token_invalid', 'bearer_glued', { Authorization: 'Bearer{}' }, /一个空格/, /A space/],
    [
      'token_invalid',
      'bearer_elsewhere',
      { 'X-Access-Token': 'Bearer {}' },
      /只写令牌/,
      /only the token/,
    ],
  ] as const)('%s, %s: %j', async (error, reason, headers, zh, en) => {
    const sent = Object.entries(headers).map(([name, value]) => [name, value.replace('{}', token)])
    const body = await ask(Object.fromEntries(sent))
    expect(body).toMatchObject({ error, action: 'login' })
    expect(body.message).toMatch(zh)
    expect(body.message_en).toMatch(en)
    expect(body.message_en).toMatch(/^[^\p{sc=Han}]+$/u)
    expect(reasonInLog()).toBe(reason)
    // Never an echo of the input.
    expect(JSON.stringify(body)).not.toContain(token.slice(0, 20))
  })

  test.each(['token', 'access_token', 'accessToken', 'sessionid'])(
    'in the query, as ?%s=, on a guarded route',
    async name => {
      const body = await ask({}, `/me?page=1&${name}=${token}`)
      expect(body).toMatchObject({ error: 'token_missing' })
      expect(body.message).toContain('查询串')
      expect(body.message_en).toContain('query')
    },
  )
})

test('a request that shows no mistake gets the general words', async () => {
  const { token_missing, token_invalid } = await general()
  expect((await ask({}, '/me?page=1')).message).toBe(token_missing)
  expect((await ask({ Cookie: `token=${token}` })).message).toBe(token_missing)
  expect((await ask({ Authorization: 'Bearer eyJ.eyJ.x' })).message).toBe(token_invalid)
})

test('a token that holds is served beside any of them', async () => {
  const good = { Authorization: token }
  expect((await ask(good, '/me?token=undefined')).error).toBeUndefined()
  expect((await ask({ ...good, token: '"x"' })).error).toBeUndefined()
  expect((await ask({ Authorization: 'Basic YTpi', token })).error).toBeUndefined()
})
