import { z } from 'zod'
import {
  apps,
  baseUrl,
  callback,
  corsOrigins,
  databaseUrl,
  internalToken,
  rateLimit,
  redisPrefix,
  redisUrl,
  signingSecret,
  strict,
  tablePrefix,
  tokenHeaders,
  trustProxy,
  whole,
} from '../../src/config/schemas'

const APPID = 'wx0123456789abcdef'
const APP_SECRET = 'f4c3b00c5117a7edf4c3b00c5117a7ed'
const OTHER_SECRET = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'
const RANDOM = 'q7LzX2vN9bR4tKfW1sHcYd8mPeGjU3aT6oVi5BnE'

const accepts = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success
const problemsOf = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({ message }) => message) ?? []

test.each([
  [1, true],
  [10, true],
  [0, false],
  [11, false],
  [1.5, false],
  [Number.NaN, false],
  ['5', false],
  [undefined, false],
])('a whole number from 1 to 10: %p', (value, answer) => {
  expect(accepts(whole(1, 10), value)).toBe(answer)
  if (!answer)
    expect(problemsOf(whole(1, 10), value)).toContain('must be a whole number from 1 to 10')
})

test.each<[string, z.ZodType, unknown, unknown]>([
  ['a signing secret', signingSecret, RANDOM, 'too-short-canary'],
  ['a database URL', databaseUrl, 'sqlite:./login.db', 'ftp://user:canary@host'],
  ['a Redis URL', redisUrl, 'redis://127.0.0.1:6379/0', 'redis://user:canary@host/name'],
  ['a base URL', baseUrl, 'https://api.weixin.qq.com', 'https://user:canary@host'],
  ['an internal token', internalToken, RANDOM, 'canary'],
  ['a table prefix', tablePrefix, 'mpl_', 'canary-'],
  ['a Redis prefix', redisPrefix, 'mpl:', 'canary*'],
])('%s is judged, and a refusal never holds the value', (_what, schema, right, wrong) => {
  expect(accepts(schema, right)).toBe(true)
  for (const value of [wrong, 7, null, ['canary'], { canary: 1 }]) {
    const { success, error } = schema.safeParse(value)
    expect(success).toBe(false)
    expect(JSON.stringify(error?.issues)).not.toContain('canary')
    expect(error?.issues[0]?.message).toMatch(/^(must|looks|names|is|has|needs)/)
  }
})

test('an app has one AppSecret, or two around a reset, the current one first', () => {
  const given = { [APPID]: APP_SECRET, wx1111111111111111: [OTHER_SECRET, APP_SECRET] }
  expect([...apps.parse(given)]).toEqual([
    [APPID, [APP_SECRET]],
    ['wx1111111111111111', [OTHER_SECRET, APP_SECRET]],
  ])
})

test.each<[string, unknown]>([
  ['no app', {}],
  ['a list', [APP_SECRET]],
  ['null', null],
  ['a text', `${APPID}=${APP_SECRET}`],
  ['an appid that is malformed', { 'wx canary': APP_SECRET }],
  ['an AppSecret that is too short', { [APPID]: 'canary' }],
  ['an AppSecret that is a placeholder', { [APPID]: 'your-app-secret-canary' }],
  ['three AppSecrets', { [APPID]: [APP_SECRET, OTHER_SECRET, RANDOM] }],
])('apps are refused by one fixed sentence, which names none of them: %s', (_what, given) => {
  const problems = problemsOf(apps, given)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(/^must (map|name)/)
  for (const value of ['canary', APPID, APP_SECRET]) expect(problems[0]).not.toContain(value)
})

test.each(['{', '}', '*', '?', '[', ']', '\\', '^', ' ', 'é', ''])(
  'a Redis prefix that holds %p is refused',
  part => {
    expect(accepts(redisPrefix, part === '' ? '' : `mpl${part}`)).toBe(false)
  },
)

test.each([
  ['off', true],
  [1, true],
  [1_000_000, true],
  [0, false],
  [1_000_001, false],
  ['on', false],
  [Number.NaN, false],
])('a rate limit of %p', (value, answer) => {
  expect(accepts(rateLimit(1_000_000), value)).toBe(answer)
})

test.each([
  [false, true],
  [0, true],
  [2, true],
  [['10.0.0.0/8'], true],
  [true, false],
  [100, false],
  [-1, false],
  [['anybody'], false],
  ['10.0.0.0/8', false],
])('a trusted proxy of %p', (value, answer) => {
  expect(accepts(trustProxy, value)).toBe(answer)
  if (!answer) expect(problemsOf(trustProxy, value)[0]).toMatch(/^must be off, a number of hops/)
})

test('origins stand once; what is no list of them is refused', () => {
  const origin = 'https://h5.example.com'
  expect(corsOrigins.parse([origin, 'http://localhost:8080', origin])).toEqual([
    origin,
    'http://localhost:8080',
  ])
  for (const wrong of [origin, ['*'], [7], [`${origin}/`], Array(33).fill(origin)]) {
    expect(problemsOf(corsOrigins, wrong)[0]).toMatch(/^must/)
  }
})

test('header names are lower case and stand once; what is no list of them is refused', () => {
  const names = ['X-Access-Token', 'x-access-token', 'Token']
  expect(tokenHeaders.parse(names)).toEqual(['x-access-token', 'token'])
  expect(accepts(tokenHeaders, [])).toBe(true)
  for (const wrong of ['X-Token', [7], [''], ['Cookie'], Array(33).fill('X-Token')]) {
    expect(problemsOf(tokenHeaders, wrong)[0]).toMatch(/^(must|names)/)
  }
})

test('a callback is a function; what it answers is not asked', () => {
  const never = () => {
    throw new Error('it was called')
  }
  expect(accepts(callback(), never)).toBe(true)
  expect(problemsOf(callback(), 'text')).toEqual(['must be a function'])
})

test('an object refuses a key that it does not know, by name, with the one that was meant', () => {
  const schema = strict({ redisUrl: z.string().optional() })
  expect(accepts(schema, { redisUrl: 'x' })).toBe(true)
  const { error } = schema.safeParse({ redisURl: 'canary' })
  expect(error?.issues[0]).toMatchObject({ path: ['redisURl'] })
  expect(error?.issues[0]?.message).toMatch(/is not an option.*redisUrl/)
  expect(JSON.stringify(error?.issues)).not.toContain('canary')
})
