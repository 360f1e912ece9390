const { join } = require('node:path')
const { isInstalled, startDatabase } = require('./databases')
const { fillSqlite } = require('./fill-store')
const { logIn } = require('./jobs')
const { createServers } = require('./servers')

const USERS = 2000
const FEW = 1000
const MANY = 1_000_000

const notice = text => process.stderr.write(`${text}\n`)

/**
 * Starts the servers of `subjects.js` and logs people in at ours. Resolves to the servers and their
 * tokens by name, and to what was left out, with the reason. `atEnd` gets what stops each.
 */
async function startSubjects({ folder, node, load, withSessions, atEnd }) {
  const start = await createServers(folder, server => atEnd(server.stop), { node })
  const skipped = {}
  const servers = {
    hello: await start.start('hello'),
    tutorial: await start.start('tutorial'),
    ours: await start.startOurs('ours'),
    business: await start.startHost('business'),
  }
  if (isInstalled('redis')) {
    const redis = await startDatabase('redis')
    atEnd(() => redis.remove())
    servers.redis = await start.startOurs('redis', { REDIS_URL: redis.url })
    // Only compared with `redis`.
    servers.sqlite = await start.startOurs('sqlite')
  } else skipped.redis = 'redis-server is not installed'
  const tokens = {}
  for (const name of ['ours', 'business', 'sqlite', 'redis']) {
    if (servers[name]) tokens[name] = await logIn(load, servers[name].url, USERS)
  }
  if (withSessions) await startFilled()
  else skipped.sessions = 'a quick run; --sessions fills 10^6 of them'
  for (const [name, why] of Object.entries(skipped)) notice(`LEFT OUT: ${name}: ${why}`)
  return { servers, tokens, skipped }

  /**
   * One instance on a file of few sessions and one on a file of many. Both are started again after
   * the logins, so that both have done nothing but checks.
   */
  async function startFilled() {
    for (const [name, users] of Object.entries({ few: FEW, many: USERS })) {
      const first = await start.startOurs(name)
      tokens[name] = await logIn(load, first.url, users)
      await first.stop()
    }
    notice(`filling a file with ${MANY} sessions`)
    fillSqlite(join(folder, 'many.db'), MANY - USERS)
    for (const name of ['few', 'many']) servers[name] = await start.startOurs(name)
  }
}

module.exports = { startSubjects }
