import { randomBytes } from 'node:crypto'
import { ConfigError, checkSettings, type LoginSettings, secretsOf } from '../src/config'
import { readRedisUrl } from '../src/redis-url'
import { weaknessOf } from '../src/secret-strength'
import { JWT_SECRET, OTHER_JWT_SECRET } from './support/service'

const apps = { wx0000000000000000: '5117a7ed5ec7e70005117a7ed5ec7e70' }
const settings: LoginSettings = { apps, jwtSecret: JWT_SECRET }

function problemsOf(changes: Record<string, unknown>): string[] {
  try {
    checkSettings({ ...settings, ...changes } as LoginSettings)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ name }) => name)
  }
}

test('what is left out has the documented defaults, and the result is frozen', () => {
  const config = checkSettings(settings)
  expect(config).toMatchObject({
    defaultAppid: 'wx0000000000000000',
    database: 'sqlite:./data/login.db',
    wxApiBaseUrl: 'https://api.weixin.qq.com',
    wxTimeoutMs: 5000,
    tokenTtlSeconds: 7200,
    sessionTtlSeconds: 2_592_000,
    rateLimit: 600,
  })
  expect(Object.isFrozen(config)).toBe(true)
})

test('the first of several apps is the one that a login without appid means', () => {
  const several = { wxaaaaaaaaaaaaaaaa: '0a1b2c3d4e5f60718293a4b5c6d7e8f9', ...apps }
  expect(checkSettings({ ...settings, apps: several }).defaultAppid).toBe('wxaaaaaaaaaaaaaaaa')
})

test('an app has one AppSecret, or the current and the previous one, and none may show in a log', () => {
  const [one = '', two = ''] = ['0a1b2c3d4e5f60718293a4b5', '5b4a39281706f5e4d3c2b1a0']
  const several = { wxaaaaaaaaaaaaaaaa: [one, two] as const, ...apps }
  const config = checkSettings({ ...settings, apps: several })
  expect([...config.apps.values()]).toEqual([[one, two], [apps.wx0000000000000000]])
  expect(secretsOf(config)).toEqual([one, two, apps.wx0000000000000000, JWT_SECRET])
})

test.each([
  ['apps', {}],
  ['apps', { wx0000000000000000: 'your-app-secret-here' }],
  ['apps', { wx0000000000000000: 'short' }],
  ['apps', { 'wx 0': '5117a7ed5ec7e70005117a7ed5ec7e70' }],
  ['apps', { wx0000000000000000: 12_345 }],
  ['apps', { wx0000000000000000: [] }],
  ['apps', { wx0000000000000000: ['5117a7ed5ec7e70005117a7ed5ec7e70'] }],
  ['apps', { wx0000000000000000: Array(2).fill('5117a7ed5ec7e70005117a7ed5ec7e70') }],
  ['apps', { wx0000000000000000: ['5117a7ed5ec7e70005117a7ed5ec7e70', 'short'] }],
  ['apps', { wx0000000000000000: ['5117a7ed5ec7e70005117a7ed5ec7e70', 'your-app-secret-here'] }],
  [
    'apps',
    { wx0000000000000000: ['a1', 'b2', 'c3'].map(end => `5117a7ed5ec7e70005117a7ed5${end}`) },
  ],
  ['apps', undefined],
  ['jwtSecret', undefined],
  ['jwtSecret', 42],
  ['jwtSecretPrevious', 'short'],
  ['jwtSecretPrevious', JWT_SECRET],
  ['database', 'postgres://localhost'],
  ['database', 'mongodb://localhost/x'],
  ['database', 'mysql://localhost/x?connection_limit=0'],
  ['database', 'sqlite:'],
  ['database', 'sqlite://data/login.db'],
  ['database', 'sqlite::memory:'],
  ['database', '/tmp/x.db'],
  ['redisUrl', 'localhost:6379'],
  ['redisUrl', 'http://localhost'],
  ['redisUrl', 'redis://'],
  ['redisUrl', 'redis://one:6379,two:6379'],
  ['redisUrl', 'redis://host:70000'],
  ['redisUrl', 'redis://host:0'],
  ['redisUrl', 'redis://host/users'],
  ['redisUrl', 'redis://:100%@host'],
  ['redisUrl', 'redis://host?db=1'],
  ['redisUrl', 'redis+sentinel://one:26379,two:26379'],
  ['redisUrl', 'redis+cluster://one,two/1'],
  ['wxApiBaseUrl', 'http://api.weixin.qq.com'],
  ['wxApiBaseUrl', 'https://api.weixin.qq.com/'],
  ['wxApiBaseUrl', 'https://api.weixin.qq.com/sns'],
  ['wxApiBaseUrl', 'https://user:pass@api.weixin.qq.com'],
  ['wxApiBaseUrl', 'file:///etc/passwd'],
  ['wxApiBaseUrl', 'data:text/plain,x'],
  ['wxApiBaseUrl', 'api.weixin.qq.com'],
  ['wxTimeoutMs', 99],
  ['wxTimeoutMs', Number.NaN],
  ['wxTimeoutMs', 1000.5],
  ['tokenTtlSeconds', 59],
  ['tokenTtlSeconds', 2_592_001],
  ['sessionTtlSeconds', 2_592_001],
  ['rateLimit', 0],
  ['rateLimit', 'on'],
  ['internalToken', 'short'],
  ['internalToken', 'x'.repeat(40)],
])('%s is refused: %p', (name, value) => {
  expect(problemsOf({ [name]: value })).toEqual([name])
})

test('a Redis URL names one server, sentinels or a cluster, with or without TLS and a login', () => {
  expect(readRedisUrl('redis://localhost')).toMatchObject({
    kind: 'server',
    tls: false,
    nodes: [{ host: 'localhost', port: 6379 }],
    database: 0,
  })
  expect(readRedisUrl('rediss://me:p%40ss:word@[::1]:6380/3')).toEqual({
    kind: 'server',
    tls: true,
    username: 'me',
    password: 'p@ss:word',
    nodes: [{ host: '::1', port: 6380 }],
    database: 3,
    primaryName: '',
  })
  expect(readRedisUrl('redis+sentinel://:secret@one,two:5000/my%20master')).toMatchObject({
    kind: 'sentinel',
    username: undefined,
    password: 'secret',
    nodes: [
      { host: 'one', port: 26_379 },
      { host: 'two', port: 5000 },
    ],
    primaryName: 'my master',
  })
  expect(readRedisUrl('rediss+cluster://one:1,two:2')).toMatchObject({
    kind: 'cluster',
    tls: true,
    nodes: [
      { host: 'one', port: 1 },
      { host: 'two', port: 2 },
    ],
  })
})

test('a token may not be meant to outlive its session', () => {
  expect(problemsOf({ sessionTtlSeconds: 3600 })).toEqual(['tokenTtlSeconds'])
})

test('all problems are told at once, by name and never by value', () => {
  const wrong = {
    apps: { wx0000000000000000: ['canary-canary-canary', 'canary-canary-canary'] },
    jwtSecret: 'canary-too-short',
    jwtSecretPrevious: 'canary-2',
    wxApiBaseUrl: 'http://canary.example',
    wxTimeoutMs: 7,
    internalToken: 'canary-3',
  }
  expect(problemsOf(wrong).sort()).toEqual(Object.keys(wrong).sort())
  expect(() => checkSettings(wrong as unknown as LoginSettings)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('canary') }),
  )
})

describe('a signing secret', () => {
  test.each([
    ['31 bytes', 'k9Q2vXr7LmZ4tWc8NpB1yHs6DgJ3fUa'],
    ['one character over and over', 'a'.repeat(64)],
    ['a word over and over', 'horse4Battery'.repeat(5)],
    ['a placeholder', 'change-me-change-me-please-now-0123'],
    ['another placeholder', 'your-256-bit-secret-goes-right-here'],
    ['a sample from a tutorial', 'my super secret jwt signing key 2024'],
    ['digits in order', '01234567890123456789012345678901234'],
  ])('is refused when it is %s', (_what, secret) => {
    const weakness = weaknessOf(secret)
    expect(weakness).toEqual(expect.any(String))
    expect(weakness).not.toContain(secret)
  })

  test('names its length and fingerprint, so that a cut value is recognised', () => {
    expect(weaknessOf('abc')).toMatch(/3 bytes, SHA-256 starts with ba7816bf/)
  })

  test('that is random is taken, in any of the usual spellings', () => {
    for (let i = 0; i < 200; i++) {
      const bytes = randomBytes(32)
      expect(weaknessOf(bytes.toString('hex'))).toBeUndefined()
      expect(weaknessOf(bytes.toString('base64'))).toBeUndefined()
    }
    expect(weaknessOf(OTHER_JWT_SECRET)).toBeUndefined()
  })
})

test.each([
  ['postgres://login:p%40ss-word@db/login', ['p%40ss-word', 'p@ss-word']],
  ['mysql://login:100%-sure@db/login', ['100%-sure']],
  ['postgres://login:x@db/login', []],
  ['postgres://login@db/login', []],
  ['sqlite:./data/login.db', []],
])('the password in %s is hidden in logs, unless it is as short as a word', (database, hidden) => {
  const config = checkSettings({ apps, jwtSecret: JWT_SECRET, database })
  const others = secretsOf(checkSettings({ apps, jwtSecret: JWT_SECRET }))
  expect(secretsOf(config).filter(secret => !others.includes(secret))).toEqual(hidden)
})
