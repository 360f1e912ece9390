import { loadMysql, loadPg, loadRedis } from '../../src/store/load-drivers'

const missing = () => {
  throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' })
}

afterEach(() => jest.resetModules())

test('a driver that is installed is loaded', () => {
  expect(typeof loadPg().Pool).toBe('function')
  expect(typeof loadMysql().createPool).toBe('function')
  expect(typeof loadRedis().createClient).toBe('function')
})

test.each([
  ['pg', loadPg, 'DATABASE_URL (database)'],
  ['mysql2', loadMysql, 'DATABASE_URL (database)'],
  ['@redis/client', loadRedis, 'REDIS_URL (redisUrl)'],
] as const)(
  'where %s is not installed, the refusal says how to install it',
  (name, load, setting) => {
    jest.doMock(name, missing)
    try {
      expect(load).toThrow(
        expect.objectContaining({
          problems: [{ name: setting, problem: expect.stringContaining(`npm install ${name}`) }],
        }),
      )
    } finally {
      jest.dontMock(name)
    }
  },
)

test('a driver that is there and broken fails by its own error', () => {
  const broken = new Error('its binary is of another machine')
  jest.doMock('pg', () => {
    throw broken
  })
  try {
    expect(loadPg).toThrow(broken)
  } finally {
    jest.dontMock('pg')
  }
})
