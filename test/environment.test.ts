import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../src/config'
import { withEnvFile } from '../src/env-file'
import { type Environment, readEnvironment, VARIABLES } from '../src/environment'
import { INTERNAL_TOKEN, JWT_SECRET } from './support/service'
import { temporaryFolder } from './support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())

const file = (name: string, text: string): string => {
  const path = join(folder.path, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

const credentials = {
  WX_APPID: 'wx1111111111111111',
  WX_SECRET: 'f4c3b00c5117a7edf4c3b00c5117a7ed',
  JWT_SECRET,
}

function problemsOf(env: Environment): string[] {
  try {
    readEnvironment(env)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ name }) => name)
  }
}

test('an empty environment is development on port 3000 with the simulator', () => {
  expect(readEnvironment({})).toMatchObject({
    production: false,
    port: 3000,
    host: undefined,
    trustProxy: false,
    logFormat: 'dev',
    warnings: [],
  })
  expect(readEnvironment({}).settings.apps).toBeUndefined()
})

test('every variable reaches its setting', () => {
  const config = readEnvironment({
    ...credentials,
    NODE_ENV: 'production',
    PORT: '8080',
    PRESTOP_MS: '50',
    WORKERS: '1',
    HOST: '::1',
    WX_API_BASE_URL: 'https://api2.weixin.qq.com',
    WX_TIMEOUT_MS: '3000',
    JWT_SECRET_PREVIOUS: `${JWT_SECRET}!`,
    TOKEN_TTL_SECONDS: '600',
    SESSION_TTL_SECONDS: '6000',
    DATABASE_URL: 'memory:',
    RATE_LIMIT: '5',
    TRUST_PROXY: '10.0.0.0/8, fd00::/8, loopback',
    INTERNAL_TOKEN,
  })
  expect(config).toEqual({
    production: true,
    port: 8080,
    host: '::1',
    trustProxy: ['10.0.0.0/8', 'fd00::/8', 'loopback'],
    logFormat: 'json',
    prestopMs: 50,
    workers: 1,
    warnings: [],
    settings: {
      apps: { wx1111111111111111: credentials.WX_SECRET },
      jwtSecret: JWT_SECRET,
      jwtSecretPrevious: `${JWT_SECRET}!`,
      database: 'memory:',
      wxApiBaseUrl: 'https://api2.weixin.qq.com',
      wxTimeoutMs: 3000,
      tokenTtlSeconds: 600,
      sessionTtlSeconds: 6000,
      rateLimit: 5,
      internalToken: INTERNAL_TOKEN,
    },
  })
})

test('a secret comes from the file that NAME_FILE names, without its line feed', () => {
  const config = readEnvironment({
    WX_APPID: credentials.WX_APPID,
    WX_SECRET_FILE: file('secret', `${credentials.WX_SECRET}\n`),
    JWT_SECRET_FILE: file('jwt', `${JWT_SECRET}\r\n`),
  })
  expect(config.settings).toMatchObject({
    apps: { wx1111111111111111: credentials.WX_SECRET },
    jwtSecret: JWT_SECRET,
  })
})

test('around a reset an app has two AppSecrets, the current one first', () => {
  const previous = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'
  const expected = { wx1111111111111111: [credentials.WX_SECRET, previous] }
  const plain = { ...credentials, WX_SECRET_PREVIOUS: previous }
  expect(readEnvironment(plain).settings.apps).toEqual(expected)
  const filed = { ...credentials, WX_SECRET_PREVIOUS_FILE: file('previous', `${previous}\n`) }
  expect(readEnvironment(filed).settings.apps).toEqual(expected)
  const json = { WX_APPS: JSON.stringify(expected) }
  expect(readEnvironment(json).settings.apps).toEqual(expected)
})

test('several apps come as JSON', () => {
  const apps = { wx0000000000000000: credentials.WX_SECRET }
  expect(readEnvironment({ WX_APPS: JSON.stringify(apps) }).settings.apps).toEqual(apps)
})

test.each<[string[], Environment]>([
  [['WX_SECRET'], { WX_APPID: 'wx0000000000000000' }],
  [['WX_APPID'], { WX_SECRET: credentials.WX_SECRET }],
  [['WX_SECRET'], { WX_SECRET_PREVIOUS: credentials.WX_SECRET }],
  [['WX_SECRET'], { WX_APPID: 'wx0000000000000000', WX_SECRET_PREVIOUS: credentials.WX_SECRET }],
  [
    ['WX_APPID, WX_SECRET, WX_SECRET_PREVIOUS, WX_APPS'],
    { ...credentials, WX_SECRET_PREVIOUS: credentials.WX_SECRET },
  ],
  [
    ['WX_APPS'],
    {
      WX_SECRET_PREVIOUS: credentials.WX_SECRET,
      WX_APPS: '{"wx000000":"0a1b2c3d4e5f60718293a4b5"}',
    },
  ],
  [['WX_APPS'], { WX_APPS: '{"wx0":' }],
  [['WX_APPS'], { WX_APPS: '["wx0"]' }],
  [['WX_APPS'], { ...credentials, WX_APPS: '{"wx1111111111111111":"0a1b2c3d4e5f60718293a4b5"}' }],
  [['JWT_SECRET'], { JWT_SECRET, JWT_SECRET_FILE: '/nowhere' }],
  [['JWT_SECRET_FILE'], { JWT_SECRET_FILE: '/nowhere/at/all' }],
  [['JWT_SECRET'], { JWT_SECRET: 'abc' }],
  [['PORT'], { PORT: '65536' }],
  [['PORT'], { PORT: '-1' }],
  [['PORT'], { PORT: '0x50' }],
  [['WX_TIMEOUT_MS'], { WX_TIMEOUT_MS: '5s' }],
  [['RATE_LIMIT'], { RATE_LIMIT: 'false' }],
  [['TRUST_PROXY'], { TRUST_PROXY: 'true' }],
  [['TRUST_PROXY'], { TRUST_PROXY: '10.0.0.0/33' }],
  [['LOG_FORMAT'], { LOG_FORMAT: 'combined' }],
  [['REDIS_URL'], { REDIS_URL: 'http://127.0.0.1' }],
  [['REDIS_URL'], { REDIS_URL: 'redis://127.0.0.1', REDIS_URL_FILE: '/nowhere' }],
  [['REDIS_URL_FILE'], { REDIS_URL_FILE: '/nowhere/at/all' }],
  [['WORKERS'], { WORKERS: '0' }],
  [['WORKERS'], { WORKERS: '2', DATABASE_URL: 'memory:' }],
  [['NODE_TLS_REJECT_UNAUTHORIZED'], { NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
  [['PRESTOP_MS'], { PRESTOP_MS: '60001' }],
  [
    ['WX_APPID, WX_SECRET'],
    { ...credentials, WX_APPID: 'wx0000000000000000', NODE_ENV: 'production' },
  ],
  [['WX_APPID, WX_SECRET', 'JWT_SECRET'], { NODE_ENV: 'production' }],
  [['JWT_SECRET'], { ...credentials, JWT_SECRET: '', NODE_ENV: 'production' }],
])('%p is reported', (names, env) => {
  expect(problemsOf(env)).toEqual(names)
})

test('a misspelt name is a warning, not a silence', () => {
  const { warnings } = readEnvironment({ WX_APP_ID: 'x', JWT_SECRETS: 'y', PATH: '/bin' })
  expect(warnings).toEqual([
    expect.stringContaining('WX_APP_ID'),
    expect.stringContaining('JWT_SECRETS'),
  ])
})

test('a WX_API_BASE_URL that is of no use, or not https, is a warning', () => {
  const WX_API_BASE_URL = 'http://127.0.0.1:4000'
  expect(readEnvironment({ WX_API_BASE_URL }).warnings).toEqual([
    expect.stringContaining('is not used'),
  ])
  expect(readEnvironment({ ...credentials, WX_API_BASE_URL }).warnings).toEqual([
    expect.stringContaining('not https'),
  ])
})

describe('a .env file', () => {
  test('adds to the environment, and what is set already wins', () => {
    const path = file('.env', "PORT=1\nHOST=a # a comment\nLOG_FORMAT='json'\n")
    expect(withEnvFile(path, { PORT: '2' })).toEqual({ PORT: '2', HOST: 'a', LOG_FORMAT: 'json' })
  })

  test('may be missing', () => {
    expect(withEnvFile(join(folder.path, 'none'), { A: 'b' })).toEqual({ A: 'b' })
  })

  test.each([
    'JWT_SECRET=abc#def',
    'export JWT_SECRET = abc#def',
    'A=1\nJWT_SECRET=a b#c',
    'JWT_SECRET=#abc',
  ])('with an unquoted # inside a value is refused: %p', text => {
    expect(() => withEnvFile(file('.env', text), {})).toThrow(/JWT_SECRET: .*unquoted #/)
  })

  test.each(['JWT_SECRET="abc#def"', "JWT_SECRET='abc#def'", 'JWT_SECRET= # none yet', '# A=b#c'])(
    'is taken when the # is quoted or starts a comment: %p',
    text => {
      expect(() => withEnvFile(file('.env', text), {})).not.toThrow()
    },
  )
})

test('.env.example names every variable that is read, and no other', () => {
  const text = readFileSync(join(__dirname, '../.env.example'), 'utf8')
  const named = [...text.matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name)
  expect(named.sort()).toEqual([...VARIABLES].sort())
})

test('.env.example starts as it is, and its comments do not cut a value', () => {
  const text = readFileSync(join(__dirname, '../.env.example'), 'utf8')
  expect(() => readEnvironment(withEnvFile(file('example', text), {}))).not.toThrow()
})
