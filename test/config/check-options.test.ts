import { checkAppOptions, checkLoginOptions } from '../../src/config/check-options'
import type { AppOptions, LoginOptions } from '../../src/config/code-options'
import type { Config } from '../../src/config/config'
import { ConfigError, type ConfigProblem } from '../../src/config/config-error'
import { PATIENCE } from '../../src/patience'
import { JWT_SECRET } from '../support/service'

const apps = { wx0000000000000000: '5117a7ed5ec7e70005117a7ed5ec7e70' }
const options: LoginOptions = { apps, jwtSecret: JWT_SECRET }

function refusalsOf(check: () => unknown): readonly ConfigProblem[] {
  try {
    check()
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems
  }
}

const refusals = (changes: object) =>
  refusalsOf(() => checkLoginOptions({ ...options, ...changes } as LoginOptions))
const refusalsOfApp = (changes: object) =>
  refusalsOf(() => checkAppOptions({ ...options, ...changes } as AppOptions))
const problemsOf = (changes: object) => refusals(changes).map(({ name }) => name)
const configOf = (changes: Partial<LoginOptions> = {}): Config =>
  checkLoginOptions({ ...options, ...changes }).config

test('hooks stay the object that they came as, so that their methods have their own `this`', () => {
  class Hooks {
    readonly #staff = ['oAnn']
    beforeLogin() {
      return this.#staff
    }
  }
  const { hooks } = checkLoginOptions({ ...options, hooks: new Hooks() })
  expect(hooks.beforeLogin?.({ appid: 'wx0', openid: 'oAnn' })).toEqual(['oAnn'])
})

test('what is left out has the documented defaults, and the settings are frozen', () => {
  const config = configOf()
  expect(config).toEqual({
    apps: new Map([['wx0000000000000000', [apps.wx0000000000000000]]]),
    defaultAppid: 'wx0000000000000000',
    adoptUsers: 'auto',
    jwtSecret: JWT_SECRET,
    jwtSecretPrevious: undefined,
    database: 'sqlite:./data/login.db',
    tablePrefix: 'mpl_',
    redisUrl: undefined,
    redisPrefix: 'mpl:',
    wxApiBaseUrl: 'https://api.weixin.qq.com',
    wxApiInsecure: 'off',
    wxProxy: 'off',
    wxTimeoutMs: 5000,
    tokenTtlSeconds: 7200,
    sessionTtlSeconds: 2_592_000,
    tokenHeaders: [],
    corsOrigins: [],
    rateLimit: 600,
    rateLimitGlobal: 'off',
    internalToken: undefined,
    docs: 'off',
  })
  expect(Object.isFrozen(config)).toBe(true)
})

test('what only code can give has defaults, too: a clock, a log, the usual patience', () => {
  const { log, now, isDraining, sharedLimits, patience } = checkLoginOptions(options)
  expect(typeof log.info).toBe('function')
  expect(now).toBe(Date.now)
  expect(isDraining()).toBe(false)
  expect(sharedLimits).toBe(false)
  expect(patience).toEqual(PATIENCE)
})

test('a deadline that was given takes the place of the usual one, and the others stay', () => {
  const { patience } = checkLoginOptions({ ...options, patience: { storeMs: 9000 } })
  expect(patience).toEqual({ ...PATIENCE, storeMs: 9000 })
})

test('an option that is undefined is as good as left out', () => {
  const unset = { database: undefined, log: undefined, now: undefined, patience: undefined }
  expect(problemsOf(unset)).toEqual([])
})

test('the first of several apps is the one that a login without appid means', () => {
  const several = { wxaaaaaaaaaaaaaaaa: '0a1b2c3d4e5f60718293a4b5c6d7e8f9', ...apps }
  expect(configOf({ apps: several }).defaultAppid).toBe('wxaaaaaaaaaaaaaaaa')
})

test('an app has one AppSecret, or the current and the previous one', () => {
  const [one = '', two = ''] = ['0a1b2c3d4e5f60718293a4b5', '5b4a39281706f5e4d3c2b1a0']
  const several = { wxaaaaaaaaaaaaaaaa: [one, two] as const, ...apps }
  const { apps: found } = configOf({ apps: several })
  expect([...found.values()]).toEqual([[one, two], [apps.wx0000000000000000]])
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
  ['tablePrefix', 'Mpl_'],
  ['tablePrefix', '1pl_'],
  ['tablePrefix', 'a"; drop table users'],
  ['tablePrefix', 'a'.repeat(22)],
  ['redisPrefix', ''],
  ['redisPrefix', '{mpl}:'],
  ['redisPrefix', 'mpl:*'],
  ['redisPrefix', 'm pl:'],
  ['redisPrefix', 'm'.repeat(33)],
  ['corsOrigins', 'https://h5.example.com'],
  ['corsOrigins', ['*']],
  ['tokenHeaders', 'X-Access-Token'],
  ['tokenHeaders', ['X-WX-OPENID']],
  ['cloudRunEnv', 'prod-1'],
  ['cloudRunEnv', true],
  ['cbrEnvId', 7],
  ['log', () => {}],
  ['log', { info() {}, warn() {} }],
  ['now', 1_700_000_000_000],
  ['isDraining', false],
  ['sharedLimits', 'yes'],
  ['patience', 'much'],
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
  ['wxApiBaseUrl', 'https://api.weixin.qq.com/sns?x=y'],
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
  ['rateLimitGlobal', 0],
  ['internalToken', 'short'],
  ['internalToken', 'x'.repeat(40)],
])('%s is refused: %p', (name, value) => {
  expect(problemsOf({ [name]: value })).toEqual([name])
})

test.each(['', 'mpl_', 'a', 'shop2_login_'])('the table prefix %p is taken', tablePrefix => {
  expect(configOf({ tablePrefix }).tablePrefix).toBe(tablePrefix)
})

test.each(['mpl:', 'shop/login:', '~'])('the Redis prefix %p is taken', redisPrefix => {
  expect(configOf({ redisPrefix }).redisPrefix).toBe(redisPrefix)
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
    databaseUrl: 'canary-4',
  }
  expect(problemsOf(wrong).sort()).toEqual(Object.keys(wrong).sort())
  expect(() => checkLoginOptions(wrong as unknown as LoginOptions)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('canary') }),
  )
})

describe('an option that does not exist', () => {
  test.each([
    ['wxTimeoutMS', 'wxTimeoutMs'],
    ['cookieName', undefined],
    ['JWT_SECRET', 'jwtSecret'],
    ['redisURL', 'redisUrl'],
    ['patiance', 'patience'],
    ['__proto', undefined],
  ])('is refused by name, with the nearest that does: %s -> %s', (name, meant) => {
    expect(refusals({ [name]: 1 })).toEqual([
      { name, problem: meant ? `is not an option; is ${meant} meant?` : 'is not an option' },
    ])
  })

  test('is refused though it is undefined: the name is wrong, whatever it holds', () => {
    expect(problemsOf({ wxTimeoutMS: undefined })).toEqual(['wxTimeoutMS'])
  })

  test('is refused inside another option, too', () => {
    const patience = { storeMS: 1 } as object
    expect(refusals({ patience })).toEqual([
      { name: 'patience.storeMS', problem: 'is not an option; is storeMs meant?' },
    ])
    const requestLog = { format: 'json', write() {}, stream: 1 }
    expect(refusalsOfApp({ requestLog })).toEqual([
      { name: 'requestLog.stream', problem: 'is not an option' },
    ])
  })

  test('is refused by createLogin where only createApp has it', () => {
    expect(refusals({ trustProxy: 1 })).toEqual([
      { name: 'trustProxy', problem: 'is not an option of createLogin; createApp takes it' },
    ])
    expect(refusalsOfApp({ trustProxy: 1 })).toEqual([])
  })
})

test.each([true, -1, 1.5, 'loopback', ['true'], ['10.0.0.0/33']])(
  'createApp refuses to trust %p',
  trustProxy => {
    expect(refusalsOfApp({ trustProxy }).map(({ name }) => name)).toEqual(['trustProxy'])
  },
)

test('plain http that leaves this machine is refused, or meant and told', () => {
  const wxApiBaseUrl = 'http://api.weixin.qq.com'
  expect(problemsOf({ wxApiBaseUrl })).toEqual(['wxApiBaseUrl'])
  const told: unknown[] = []
  const log = { info() {}, error() {}, warn: (...words: unknown[]) => void told.push(words) }
  checkLoginOptions({ ...options, wxApiBaseUrl, wxApiInsecure: 'on', log })
  expect(told).toEqual([['configuration', { warning: expect.stringContaining('PLAIN HTTP') }]])
})
