import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../../src/config/config-error'
import { withEnvFile } from '../../src/config/env-file'
import { readEnvironment, type ServerConfig } from '../../src/config/read-environment'
import type { Environment } from '../../src/config/read-variables'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { PRIVATE_KEY } from '../support/private-keys'
import { INTERNAL_TOKEN, JWT_SECRET } from '../support/service'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())

const file = (name: string, text: string): string => {
  const path = join(folder.path, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

const dotEnv = (text: string): Environment => withEnvFile(file('.env', text), {})

const credentials = {
  WX_APPID: 'wx1111111111111111',
  WX_SECRET: 'f4c3b00c5117a7edf4c3b00c5117a7ed',
  JWT_SECRET,
}

/** Reads an environment that leaves nothing on the disk, unless it names a database itself. */
const read = (env: Environment): ServerConfig =>
  readEnvironment({ DATABASE_URL: 'memory:', ...env }, SIMULATOR_APP)

function problemsOf(env: Environment): string[] {
  try {
    read(env)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ name }) => name)
  }
}

test('an empty environment is development on port 3000, complete with the simulator’s app', () => {
  const database = `sqlite:${folder.path}/empty/login.db`
  const config = readEnvironment({ DATABASE_URL: database }, SIMULATOR_APP)
  expect(config).toMatchObject({
    production: false,
    isSimulated: true,
    hasDevSecret: true,
    warnings: [],
    server: { port: 3000, host: '127.0.0.1', trustProxy: false, logFormat: 'dev', workers: 1 },
    login: { defaultAppid: SIMULATOR_APP.appid, database },
  })
  const kept = readFileSync(join(folder.path, 'empty/development-jwt-secret'), 'utf8')
  expect(config.login.jwtSecret).toBe(kept.trim())
  expect([config, config.server, config.login].every(Object.isFrozen)).toBe(true)
})

describe('a private key', () => {
  const read = (env: Environment) =>
    readEnvironment({ ...credentials, DATABASE_URL: 'memory:', ...env }, SIMULATOR_APP)
  const oneLine = PRIVATE_KEY.trim().replaceAll('\n', '\\n')

  test.each([
    ['a file', { JWT_PRIVATE_KEY_FILE: file('jwt.pem', PRIVATE_KEY) }],
    ['one line of an environment', { JWT_PRIVATE_KEY: oneLine }],
    ['.env, in quotes over several lines', dotEnv(`JWT_PRIVATE_KEY="${PRIVATE_KEY}"\n`)],
    ['.env, in quotes on one line', dotEnv(`JWT_PRIVATE_KEY="${oneLine}"\n`)],
    ['.env, on one line without quotes', dotEnv(`JWT_PRIVATE_KEY=${oneLine}\n`)],
  ])('comes from %s', (_name, env) => {
    expect(read(env).login.jwtPrivateKey).toBe(PRIVATE_KEY.trim())
  })

  test('that is none is refused by the name of its variable, production or not', () => {
    for (const NODE_ENV of [undefined, 'production']) {
      const env = { ...credentials, NODE_ENV, JWT_PRIVATE_KEY: 'x', JWT_PRIVATE_KEY_PREVIOUS: 'y' }
      expect(problemsOf(env)).toEqual(['JWT_PRIVATE_KEY', 'JWT_PRIVATE_KEY_PREVIOUS'])
    }
  })

  test('in .env without quotes says that it needs some', () => {
    expect(() => dotEnv(`JWT_PRIVATE_KEY=${PRIVATE_KEY}`)).toThrow(/line 2.*NAME=value/)
  })
})

test('the documents are there in development and not in production, unless DOCS says so', () => {
  const docsOf = (env: Environment) => read({ ...credentials, ...env }).login.docs
  expect(docsOf({})).toBe('on')
  expect(docsOf({ NODE_ENV: 'test' })).toBe('on')
  expect(docsOf({ NODE_ENV: 'production' })).toBe('off')
  expect(docsOf({ NODE_ENV: 'production', DOCS: 'on' })).toBe('on')
  expect(docsOf({ DOCS: 'off' })).toBe('off')
  expect(problemsOf({ DOCS: 'yes' })).toEqual(['DOCS'])
})

test('no secret is made and kept for an environment that is refused', () => {
  const DATABASE_URL = `sqlite:${folder.path}/refused/login.db`
  expect(problemsOf({ DATABASE_URL, PORT: 'x' })).toEqual(['PORT'])
  expect(existsSync(join(folder.path, 'refused'))).toBe(false)
})

test('every variable reaches its option', () => {
  const { server, login, ...rest } = read({
    ...credentials,
    NODE_ENV: 'production',
    PORT: '8080',
    PRESTOP_MS: '50',
    WORKERS: '2',
    HOST: '::1',
    WX_API_BASE_URL: 'https://api2.weixin.qq.com',
    WX_API_INSECURE: 'off',
    WX_PROXY: 'http://proxy.example:3128',
    WX_TIMEOUT_MS: '3000',
    JWT_SECRET_PREVIOUS: `${JWT_SECRET}!`,
    CORS_ORIGINS: 'https://h5.example.com, http://localhost:8080',
    CLOUD_RUN_ENV: 'prod-0a1b2c',
    CBR_ENV_ID: 'prod-0a1b2c',
    TOKEN_HEADERS: 'X-Access-Token, satoken',
    TOKEN_TTL_SECONDS: '600',
    SESSION_TTL_SECONDS: '6000',
    DATABASE_URL: 'mysql://h/db',
    TABLE_PREFIX: 'shop_',
    REDIS_URL: 'redis://h',
    REDIS_PREFIX: 'shop:',
    RATE_LIMIT: '5',
    RATE_LIMIT_GLOBAL: '1200000',
    DOCS: 'on',
    TRUST_PROXY: '10.0.0.0/8, fd00::/8, loopback',
    INTERNAL_TOKEN,
  })
  expect(rest).toEqual({ production: true, isSimulated: false, hasDevSecret: false, warnings: [] })
  expect(server).toMatchObject({
    port: 8080,
    host: '::1',
    trustProxy: ['10.0.0.0/8', 'fd00::/8', 'loopback'],
    logFormat: 'json',
    prestopMs: 50,
    workers: 2,
  })
  expect(login).toEqual({
    apps: new Map([['wx1111111111111111', [credentials.WX_SECRET]]]),
    defaultAppid: 'wx1111111111111111',
    adoptUsers: 'auto',
    jwtSecret: JWT_SECRET,
    jwtSecretPrevious: `${JWT_SECRET}!`,
    database: 'mysql://h/db',
    tablePrefix: 'shop_',
    redisUrl: 'redis://h',
    redisPrefix: 'shop:',
    wxApiBaseUrl: 'https://api2.weixin.qq.com',
    wxApiInsecure: 'off',
    wxProxy: 'http://proxy.example:3128',
    wxTimeoutMs: 3000,
    corsOrigins: ['https://h5.example.com', 'http://localhost:8080'],
    cloudRunEnv: 'prod-0a1b2c',
    cbrEnvId: 'prod-0a1b2c',
    tokenHeaders: ['x-access-token', 'satoken'],
    tokenTtlSeconds: 600,
    sessionTtlSeconds: 6000,
    rateLimit: 5,
    rateLimitGlobal: 1_200_000,
    internalToken: INTERNAL_TOKEN,
    docs: 'on',
  })
})

test('production has defaults of its own, and what is set wins over them', () => {
  const production = { ...credentials, NODE_ENV: 'production' }
  expect(read(production).server).toMatchObject({ logFormat: 'json', prestopMs: 3000 })
  const set = { ...production, LOG_FORMAT: 'dev', PRESTOP_MS: '0' }
  expect(read(set).server).toMatchObject({ logFormat: 'dev', prestopMs: 0 })
  expect(read({}).server).toMatchObject({ logFormat: 'dev', prestopMs: 0 })
})

test('CLOUD_RUN_ENV starts nowhere but in the env that it names', () => {
  const problemsWith = (env: Record<string, string>) => problemsOf({ ...credentials, ...env })
  expect(problemsWith({ CLOUD_RUN_ENV: 'prod-1', CBR_ENV_ID: 'prod-1' })).toEqual([])
  expect(problemsWith({ CLOUD_RUN_ENV: 'prod-1' })).toEqual(['CLOUD_RUN_ENV'])
  expect(problemsWith({ CLOUD_RUN_ENV: 'prod-1', CBR_ENV_ID: 'prod-2' })).toEqual(['CLOUD_RUN_ENV'])
  expect(problemsWith({ CLOUD_RUN_ENV: 'on', CBR_ENV_ID: 'prod-1' })).toEqual(['CLOUD_RUN_ENV'])
  // In every container of the platform, whether we are told of it or not.
  expect(problemsWith({ CBR_ENV_ID: 'prod-1' })).toEqual([])
})

test('around a reset an app has two AppSecrets, the current one first', () => {
  const previous = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'
  const both = [credentials.WX_SECRET, previous]
  const plain = { ...credentials, WX_SECRET_PREVIOUS: previous }
  const filed = { ...credentials, WX_SECRET_PREVIOUS_FILE: file('previous', `${previous}\n`) }
  const json = { JWT_SECRET, WX_APPS: JSON.stringify({ wx1111111111111111: both }) }
  for (const env of [plain, filed, json]) {
    expect([...read(env).login.apps]).toEqual([['wx1111111111111111', both]])
  }
})

test.each<[string[], Environment]>([
  [['WX_SECRET'], { WX_APPID: 'wx0000000000000000' }],
  [['WX_APPID'], { WX_SECRET: credentials.WX_SECRET }],
  [['WX_SECRET'], { WX_SECRET_PREVIOUS: credentials.WX_SECRET }],
  [['WX_SECRET'], { WX_APPID: 'wx0000000000000000', WX_SECRET_PREVIOUS: credentials.WX_SECRET }],
  [['WX_SECRET_PREVIOUS'], { ...credentials, WX_SECRET_PREVIOUS: credentials.WX_SECRET }],
  [['WX_APPID, WX_SECRET'], { ...credentials, WX_SECRET: 'short' }],
  [
    ['WX_APPS'],
    {
      WX_SECRET_PREVIOUS: credentials.WX_SECRET,
      WX_APPS: '{"wx000000":"0a1b2c3d4e5f60718293a4b5"}',
    },
  ],
  [['WX_APPS'], { WX_APPS: '{"wx0":' }],
  [['WX_APPS'], { WX_APPS: '["wx0"]' }],
  [['WX_APPS'], { WX_APPS: '{}' }],
  [['WX_APPS'], { WX_APPS_FILE: file('apps', '{"wx0":"short"}') }],
  [['WX_APPS'], { ...credentials, WX_APPS: '{"wx1111111111111111":"0a1b2c3d4e5f60718293a4b5"}' }],
  [['JWT_SECRET'], { JWT_SECRET, JWT_SECRET_FILE: '/nowhere' }],
  [['JWT_SECRET_FILE'], { JWT_SECRET_FILE: '/nowhere/at/all' }],
  [['JWT_SECRET'], { JWT_SECRET: 'abc' }],
  [['JWT_SECRET_PREVIOUS'], { JWT_SECRET, JWT_SECRET_PREVIOUS: JWT_SECRET }],
  [['NODE_ENV'], { ...credentials, NODE_ENV: 'prod' }],
  [['NODE_ENV'], { ...credentials, NODE_ENV: 'Production' }],
  [['NODE_ENV'], { ...credentials, NODE_ENV: 'production,' }],
  [['WX_APPID, WX_SECRET', 'JWT_SECRET', 'NODE_ENV'], { NODE_ENV: 'prod' }],
  [['PORT'], { PORT: '65536' }],
  [['PORT'], { PORT: '-1' }],
  [['PORT'], { PORT: '0x50' }],
  [['PORT'], { PORT: 'tcp://10.0.0.1:3000' }],
  [['WX_TIMEOUT_MS'], { WX_TIMEOUT_MS: '5s' }],
  [['TOKEN_TTL_SECONDS'], { SESSION_TTL_SECONDS: '3600' }],
  [['RATE_LIMIT'], { RATE_LIMIT: 'false' }],
  [['RATE_LIMIT_GLOBAL'], { RATE_LIMIT_GLOBAL: '100000001' }],
  [['TRUST_PROXY'], { TRUST_PROXY: 'true' }],
  [['TRUST_PROXY'], { TRUST_PROXY: '10.0.0.0/33' }],
  [['LOG_FORMAT'], { LOG_FORMAT: 'combined' }],
  [['TABLE_PREFIX'], { TABLE_PREFIX: 'My-Tables' }],
  [['REDIS_PREFIX'], { REDIS_PREFIX: '{slot}' }],
  [['REDIS_URL'], { ...credentials, REDIS_URL: 'http://127.0.0.1' }],
  [['REDIS_URL'], { REDIS_URL: 'redis://127.0.0.1', REDIS_URL_FILE: '/nowhere' }],
  [['REDIS_URL_FILE'], { REDIS_URL_FILE: '/nowhere/at/all' }],
  [['WORKERS'], { WORKERS: '0' }],
  [['WORKERS'], { WORKERS: '2', DATABASE_URL: 'memory:' }],
  [['PRESTOP_MS'], { PRESTOP_MS: '60001' }],
  [['DB_URL'], { DB_URL: 'postgres://h/db', DATABASE_URL: undefined, PORT: '1' }],
  [['WX_APP_ID', 'WX_APPID'], { WX_APP_ID: 'wx1', WX_SECRET: credentials.WX_SECRET }],
])('%p is reported', (names, env) => {
  expect(problemsOf(env)).toEqual(names)
})

test('all problems are told at once, in one error that shows no value', () => {
  const env = {
    NODE_ENV: 'production',
    DB_URL: 'canary',
    PORT: 'canary',
    DATABASE_URL: undefined,
    REDIS_URL: 'canary',
    INTERNAL_TOKEN: 'canary',
    WX_APPS: 'canary',
    LOG_FORMAT: 'canary',
    TRUST_PROXY: 'canary',
    TABLE_PREFIX: 'Canary',
  }
  const names = ['JWT_SECRET', ...Object.keys(env)].filter(
    name => !['NODE_ENV', 'DATABASE_URL'].includes(name),
  )
  expect(problemsOf(env).sort()).toEqual(names.sort())
  expect(() => read(env)).toThrow(
    expect.objectContaining({ message: expect.not.stringMatching(/canary/i) }),
  )
})

test('a variable that is evidently misspelt is refused with the name that was meant', () => {
  const env = { JWT_SECERT: JWT_SECRET }
  expect(() => read(env)).toThrow(/JWT_SECERT: is not read; is JWT_SECRET meant\?/)
  expect(read({ ...env, JWT_SECRET }).warnings).toEqual([expect.stringContaining('JWT_SECERT')])
})

test('a WX_API_BASE_URL that is of no use, or not https, is a warning', () => {
  const WX_API_BASE_URL = 'http://127.0.0.1:4000'
  const WX_PROXY = 'http://127.0.0.1:3128'
  expect(read({ WX_PROXY })).toMatchObject({
    login: { wxProxy: 'off' },
    warnings: [expect.stringContaining('WX_PROXY is not used')],
  })
  expect(read({ WX_API_BASE_URL }).warnings).toEqual([expect.stringContaining('is not used')])
  expect(read({ ...credentials, WX_API_BASE_URL }).warnings).toEqual([
    expect.stringContaining('not https'),
  ])
})

test('the proxy of the environment is used where WX_PROXY says so, and told where it is not', () => {
  const HTTPS_PROXY = 'http://proxy.example:3128'
  const used = read({ ...credentials, HTTPS_PROXY, WX_PROXY: 'env' })
  expect([used.login.wxProxy, used.warnings]).toEqual([HTTPS_PROXY, []])
  const unused = read({ ...credentials, HTTPS_PROXY })
  expect([unused.login.wxProxy, unused.warnings]).toEqual([
    'off',
    [expect.stringContaining('HTTPS_PROXY is not used')],
  ])
  const socks = { ...credentials, HTTPS_PROXY: 'socks5://h:1', WX_PROXY: 'env' }
  expect(problemsOf(socks)).toEqual(['HTTPS_PROXY'])
})

test('a proxy’s password may come in a file', () => {
  const WX_PROXY_FILE = file('proxy', 'http://ann:p%40ss@proxy.example:3128\n')
  expect(read({ ...credentials, WX_PROXY_FILE }).login.wxProxy).toContain('p%40ss')
})

test('plain http beyond this machine is refused without WX_API_INSECURE, and loud with it', () => {
  const plain = { ...credentials, WX_API_BASE_URL: 'http://api.weixin.qq.com' }
  expect(problemsOf(plain)).toEqual(['WX_API_BASE_URL'])
  expect(() => read(plain)).toThrow(/WX_API_INSECURE=on/)
  expect(read({ ...plain, WX_API_INSECURE: 'on' }).warnings).toEqual([
    expect.stringContaining('PLAIN HTTP'),
  ])
})

describe('while the simulator answers', () => {
  const store = { DATABASE_URL: 'postgres://h/db', REDIS_URL: 'redis://h', INTERNAL_TOKEN }

  test('the server listens on this machine alone, unless HOST says otherwise', () => {
    expect(read({}).server.host).toBe('127.0.0.1')
    expect(read({ HOST: '0.0.0.0' }).server.host).toBe('0.0.0.0')
    expect(read(credentials).server.host).toBeUndefined()
  })

  test('what a deployment without its credentials still has is refused by name', () => {
    expect(() => read(store)).toThrow(
      /WX_APPID, WX_SECRET: are missing beside DATABASE_URL, REDIS_URL, INTERNAL_TOKEN/,
    )
    expect(read({ ...store, WX_SIMULATOR: 'on' }).isSimulated).toBe(true)
    expect(read({ ...store, ...credentials }).isSimulated).toBe(false)
  })

  test('production does not let it, whatever WX_SIMULATOR says', () => {
    const production = { NODE_ENV: 'production', WX_SIMULATOR: 'on' }
    expect(problemsOf({ ...production, ...credentials })).toEqual(['WX_SIMULATOR'])
    expect(problemsOf(production).sort()).toEqual([
      ...['JWT_SECRET', 'WX_APPID, WX_SECRET', 'WX_SIMULATOR'],
    ])
  })
})
