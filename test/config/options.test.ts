import { GROUPS } from '../../src/config/option'
import { SETTINGS } from '../../src/config/options'
import { wholeNumber } from '../../src/config/schemas'

const rows = Object.entries(SETTINGS)
const parse = (name: 'apps' | 'rateLimit' | 'rateLimitGlobal', text: string) =>
  SETTINGS[name].parse(text)

test.each([
  ['0', 0],
  ['600', 600],
  ['007', 7],
  ['999999999999999', 999_999_999_999_999],
])('the text %p is a number', (text, number) => {
  expect(wholeNumber(text)).toBe(number)
})

test.each(['', ' ', '1.5', '-1', '+1', '1e3', '0x10', '1 000', 'Infinity', '1234567890123456'])(
  'the text %p is no whole number, and no schema accepts what it becomes',
  text => {
    expect(wholeNumber(text)).toBeNaN()
    expect(SETTINGS.tokenTtlSeconds.schema.safeParse(wholeNumber(text)).success).toBe(false)
  },
)

test('WX_APPS is JSON; what is not stays text, which the schema refuses', () => {
  expect(parse('apps', '{"wx1":"secret"}')).toEqual({ wx1: 'secret' })
  expect(parse('apps', 'wx1=secret')).toBe('wx1=secret')
  expect(SETTINGS.apps.schema.safeParse('wx1=secret').success).toBe(false)
})

test.each(['rateLimit', 'rateLimitGlobal'] as const)('%s is a number or "off"', name => {
  expect([parse(name, 'off'), parse(name, '5')]).toEqual(['off', 5])
  expect(parse(name, 'OFF')).toBeNaN()
})

test.each(rows)('%s has a group, and a sentence in both languages', (_name, { group, words }) => {
  expect(GROUPS).toContain(group)
  expect(words.zh).toMatch(/\p{Script=Han}/u)
  expect(words.en).toMatch(/^[\p{Script=Latin}\d`]/u)
})

test('no two options have the same environment variable', () => {
  const variables = rows.map(([, { env }]) => env)
  expect(new Set(variables).size).toBe(rows.length)
})

test.each(rows.filter(([, row]) => /secret|token|password/i.test(row.env) && row.env.length < 30))(
  '%s holds a secret and is marked, unless it is a time or a name',
  (name, row) => {
    expect('secret' in row || /(Seconds|Headers)$/.test(name)).toBe(true)
  },
)
