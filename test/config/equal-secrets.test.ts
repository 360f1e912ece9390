import { createPrivateKey } from 'node:crypto'
import { checkLoginOptions } from '../../src/config/check-options'
import type { LoginOptions } from '../../src/config/code-options'
import { ConfigError, type ConfigProblem } from '../../src/config/config-error'
import { readEnvironment } from '../../src/config/read-environment'
import type { Environment } from '../../src/config/read-variables'
import { listOptions, SECRET_VARIABLES } from '../../src/config/variables'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { PRIVATE_KEY } from '../support/private-keys'

/** A value that may stand in every role: a signing secret, an AppSecret, a password of a URL. */
const SAME = 'mP7xQ2vLr9KdWz4tHs8NbYc3JfGa6EuV'
const OTHERS = ['A', 'B', 'C', 'D', 'E', 'F', 'G'].map(
  end => `q7LzX2vN9bR4tKfW1sHcYd8mPeGjU3a${end}`,
)

function problemsIn(check: () => unknown): readonly ConfigProblem[] {
  try {
    check()
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    expect(error.message).not.toContain(SAME)
    return error.problems
  }
}

/** Every pair of these roles, each once. */
function pairsOf<T>(roles: readonly T[]): [T, T][] {
  return roles.flatMap((one, i) => roles.slice(i + 1).map((other): [T, T] => [one, other]))
}

/** The variable of each role, and what it makes of a secret. */
const VARIABLES: Readonly<Record<string, (secret: string) => string>> = {
  JWT_SECRET: secret => secret,
  JWT_SECRET_PREVIOUS: secret => secret,
  INTERNAL_TOKEN: secret => secret,
  WX_SECRET: secret => secret,
  WX_SECRET_PREVIOUS: secret => secret,
  DATABASE_URL: secret => `postgres://login:${secret}@db/login`,
  REDIS_URL: secret => `redis://:${secret}@redis`,
  WX_PROXY: secret => `http://login:${secret}@proxy:3128`,
}
const NAMES = Object.keys(VARIABLES)

function read(given: Readonly<Record<string, string>>): readonly ConfigProblem[] {
  const each = NAMES.map((name, i) => [name, VARIABLES[name]?.(given[name] ?? String(OTHERS[i]))])
  const env: Environment = { WX_APPID: 'wx1111111111111111', ...Object.fromEntries(each) }
  return problemsIn(() => readEnvironment(env, SIMULATOR_APP))
}

test('the table of this test has every secret variable, but for those with pairs of their own below', () => {
  const ofStores = listOptions().filter(({ secret }) => secret === 'password')
  const all = [...SECRET_VARIABLES, ...ofStores.map(({ env }) => String(env))]
  const others = ['WX_APPS', 'JWT_PRIVATE_KEY', 'JWT_PRIVATE_KEY_PREVIOUS']
  expect([...NAMES, ...others].sort()).toEqual([...new Set(all)].sort())
})

test('secrets that differ are all taken', () => {
  expect(read({})).toEqual([])
})

test.each(pairsOf(NAMES).filter(pair => pair.join() !== 'DATABASE_URL,REDIS_URL'))(
  '%s and %s must not be equal, and the refusal names both',
  (one, other) => {
    const problems = read({ [one]: SAME, [other]: SAME })
    expect(problems).toHaveLength(1)
    const told = `${problems[0]?.name}: ${problems[0]?.problem}`
    const nameOf = (name: string) => name
    expect(told).toContain(nameOf(one))
    expect(told).toContain(nameOf(other))
  },
)

test('two stores may have one password: neither lets anybody in', () => {
  expect(read({ DATABASE_URL: SAME, REDIS_URL: SAME })).toEqual([])
})

test('a password counts as it is, though the URL writes it percent-encoded', () => {
  const token = 'mP7xQ2vLr9KdWz4tHs8NbYc3JfGa6E/V'
  const database = `postgres://login:${encodeURIComponent(token)}@db/login`
  const apps = { wx1111111111111111: OTHERS[0] as string }
  const options = { apps, jwtSecret: OTHERS[1] as string, internalToken: token, database }
  expect(problemsIn(() => checkLoginOptions(options)).map(({ problem }) => problem)).toEqual([
    expect.stringContaining('is the same as'),
  ])
})

/** The options of the library in each role, several apps and both AppSecrets of one included. */
const OPTIONS: Readonly<Record<string, (secret: string) => object>> = {
  jwtSecret: jwtSecret => ({ jwtSecret }),
  jwtSecretPrevious: jwtSecretPrevious => ({ jwtSecretPrevious }),
  internalToken: internalToken => ({ internalToken }),
  'the first app’s AppSecret': secret => ({ first: secret }),
  'the second app’s AppSecret': secret => ({ second: secret }),
  'the second app’s previous one': secret => ({ previous: secret }),
}

test.each(pairsOf(Object.keys(OPTIONS)))('createLogin refuses the same: %s, %s', (one, other) => {
  const [a, b, c, jwtSecret, ...rest] = OTHERS
  const values = {
    ...{ first: a, second: b, previous: c, jwtSecret },
    ...{ jwtSecretPrevious: rest[0], internalToken: rest[1] },
    ...OPTIONS[one]?.(SAME),
    ...OPTIONS[other]?.(SAME),
  }
  const { first, second, previous, ...others } = values
  const apps = { wx1111111111111111: first, wx2222222222222222: [second, previous] }
  const given = { ...others, apps } as unknown as LoginOptions
  const problems = problemsIn(() => checkLoginOptions(given))
  expect(problems).toHaveLength(1)
  expect(problems[0]?.problem).toMatch(/same/)
  const told = `${problems[0]?.name}: ${problems[0]?.problem}`
  for (const role of [one, other])
    expect(told).toContain(/AppSecret|previous one/.test(role) ? 'apps' : role)
})

test('one private key is not two, in whatever form it is written', () => {
  const sec1 = createPrivateKey(PRIVATE_KEY).export({ format: 'pem', type: 'sec1' }).toString()
  const env = { JWT_PRIVATE_KEY: PRIVATE_KEY, JWT_PRIVATE_KEY_PREVIOUS: sec1 }
  const base = { WX_APPID: 'wx1111111111111111', WX_SECRET: OTHERS[0], JWT_SECRET: OTHERS[1] }
  const read = (given: Environment) =>
    problemsIn(() => readEnvironment({ ...base, DATABASE_URL: 'memory:', ...given }, SIMULATOR_APP))
  const [problem, ...more] = read(env)
  expect(problem?.name).toBe('JWT_PRIVATE_KEY_PREVIOUS')
  expect(problem?.problem).toMatch(/is the same as JWT_PRIVATE_KEY.*leave the previous one out/)
  expect(more).toEqual([])
  const secret = PRIVATE_KEY.trim()
  expect(read({ JWT_PRIVATE_KEY: PRIVATE_KEY, JWT_SECRET: secret })).toHaveLength(1)
})

test('an environment of several apps names WX_APPS', () => {
  const twice = { wx1111111111111111: SAME, wx2222222222222222: SAME }
  const env = { WX_APPS: JSON.stringify(twice), JWT_SECRET: OTHERS[0], DATABASE_URL: 'memory:' }
  expect(problemsIn(() => readEnvironment(env, SIMULATOR_APP))).toEqual([
    { name: 'WX_APPS', problem: expect.stringContaining('holds the same secret twice') },
  ])
})

test('what was refused by itself is not compared', () => {
  const env = { JWT_SECRET: 'short', INTERNAL_TOKEN: 'short', DATABASE_URL: 'memory:' }
  const names = problemsIn(() => readEnvironment(env, SIMULATOR_APP)).map(({ name }) => name)
  expect(names.filter(name => name === 'INTERNAL_TOKEN')).toHaveLength(1)
})
