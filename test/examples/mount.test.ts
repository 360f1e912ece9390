import { SIMULATOR_APP } from '../../src/simulator/index'
import { ask } from '../support/recipe'
import { EXPRESS_VERSIONS, runExample } from '../support/run-example'
import { JWT_SECRET, OTHER_APP } from '../support/service'
import { temporaryFolder } from '../support/temporary'

const ENVIRONMENT = {
  JWT_SECRET,
  WX_APPID: SIMULATOR_APP.appid,
  WX_SECRET: SIMULATOR_APP.secret,
  SHOP_SECRET: SIMULATOR_APP.secret,
  SHOP_SECRET_PREVIOUS: OTHER_APP.secret,
  CLUB_SECRET: 'c1ab5ec7'.repeat(4),
}
const EXAMPLES = ['examples/mount.mts', 'examples/several-apps.mts']
const CASES = EXAMPLES.flatMap(example =>
  EXPRESS_VERSIONS.map(express => [example, express] as const),
)

/** They ask the real WeChat for a login, so nobody logs in here. `test/examples/recipes` does. */
test.each(CASES)('%s mounts the routes and guards its own (%s)', async (path, express) => {
  const folder = temporaryFolder()
  const env = { ...ENVIRONMENT, cwd: folder.path }
  const example = await runExample(path, env, express).catch(error => {
    folder.remove()
    throw error
  })
  try {
    const { status, body } = await ask(`${example.url}/api/checklogin`)
    expect([status, body.is_login]).toEqual([200, false])
    const orders = await ask(`${example.url}/orders`)
    expect([orders.status, orders.body.error]).toEqual([401, 'token_missing'])
    const wrong = await ask(`${example.url}/orders`, { token: 'a.b.c' })
    expect([wrong.status, wrong.body.error]).toEqual([401, 'token_invalid'])
  } finally {
    await example.stop()
    folder.remove()
  }
})
