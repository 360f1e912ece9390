import { ConfigError } from '../../src/config/config-error'
import { readEnvironment } from '../../src/config/read-environment'
import { checkGuest } from '../../src/server/guest'
import { SIMULATOR_APP } from '../../src/simulator/index'
import { JWT_SECRET, OTHER_APP } from '../support/service'

const SHARED = {
  ...{ WX_APPID: OTHER_APP.appid, WX_SECRET: OTHER_APP.secret, JWT_SECRET },
  DATABASE_URL: 'postgres://login@db/login',
}

function refused(changes: NodeJS.ProcessEnv): string[] {
  try {
    checkGuest(readEnvironment({ ...SHARED, ...changes }, SIMULATOR_APP))
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ name }) => name)
  }
}

test.each([
  ['what processes share', {}, []],
  ['a store in memory', { DATABASE_URL: 'memory:' }, ['DATABASE_URL']],
  ['processes of its own', { WORKERS: '2' }, ['WORKERS']],
  ['a secret of its own', { JWT_SECRET: '' }, ['JWT_SECRET']],
  ['a simulator', { WX_APPID: '', WX_SECRET: '', WX_SIMULATOR: 'on' }, ['WX_APPID, WX_SECRET']],
])('a guest with %s: %j is refused by %j', (_what, changes, names) => {
  expect(refused(changes)).toEqual(names)
})
