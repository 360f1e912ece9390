import { reportSimulator, type SimulatorStart } from '../../src/config/simulated'

const DEMO: SimulatorStart = { production: false, apps: undefined, given: {}, problems: [] }
const APPS = { wx1111111111111111: 'f4c3b00c5117a7edf4c3b00c5117a7ed' }

function problemsOf(start: Partial<SimulatorStart>): string[] {
  const found: string[] = []
  reportSimulator({ ...DEMO, ...start }, (name, problem) => void found.push(`${name}: ${problem}`))
  return found
}

test.each<Record<string, string>>([
  {},
  { database: 'sqlite:./data/login.db' },
  { database: 'memory:' },
])('a demo on this machine may start: %j', given => {
  expect(problemsOf({ given })).toEqual([])
})

test.each([
  ['DATABASE_URL', { database: 'postgres://db/login' }],
  ['DATABASE_URL', { database: 'mysql://db/login' }],
  ['DATABASE_URL', { database: 'mariadb://db/login' }],
  ['REDIS_URL', { redisUrl: 'redis://redis' }],
  ['INTERNAL_TOKEN', { internalToken: 'there' }],
])('the simulator is refused beside %s: %j', (name, given) => {
  expect(problemsOf({ given })).toEqual([expect.stringMatching(`^WX_APPID, WX_SECRET: .*${name}`)])
  expect(problemsOf({ given: { ...given, wxSimulator: 'on' } })).toEqual([])
  expect(problemsOf({ given, apps: APPS })).toEqual([])
})

test('what is known to be wrong about the credentials already is not told twice', () => {
  const given = { internalToken: 'there' }
  const problem = 'is missing beside WX_APPID'
  expect(problemsOf({ given, problems: [{ name: 'WX_SECRET', problem }] })).toEqual([])
  const other = [{ name: 'WX_TIMEOUT_MS', problem: 'must be a whole number' }]
  expect(problemsOf({ given, problems: other })).toHaveLength(1)
})

test('production refuses the word that allows it, with credentials or without', () => {
  const given = { wxSimulator: 'on' }
  for (const apps of [undefined, APPS]) {
    expect(problemsOf({ production: true, apps, given })).toEqual([
      expect.stringMatching(/^wxSimulator: is refused in production/),
    ])
  }
})

test('a simulator that is asked for beside credentials would not answer, and is refused', () => {
  expect(problemsOf({ apps: APPS, given: { wxSimulator: 'on' } })).toEqual([
    expect.stringMatching(/^wxSimulator: is on beside WX_APPID/),
  ])
})
