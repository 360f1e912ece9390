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
  } else skipped.redis = 'redis-server is not installed'
  const tokens = {}
  for (const name of ['ours', 'business', 'redis']) {
    if (servers[name]) tokens[name] = await logIn(load, servers[name].url, USERS)
  }
  if (withSessions) await startFilled()
  else skipped.sessions = 'a quick run; --sessions fills 10^6 of them'
  for (const [name, why] of Object.entries(skipped)) notice(`LEFT OUT: ${name}: ${why}`)
  return { servers, tokens, skipped }

  /** One instance on a file of few sessions and one on a file of many. */
  async function startFilled() {
    servers.few = await start.startOurs('few')
    tokens.few = await logIn(load, servers.few.url, FEW)
    const first = await start.startOurs('many')
    tokens.many = await logIn(load, first.url, USERS)
    await first.stop()
    notice(`filling a file with ${MANY} sessions`)
    fillSqlite(join(folder, 'many.db'), MANY - USERS)
    servers.many = await start.startOurs('many')
  }
}

module.exports = { startSubjects }
