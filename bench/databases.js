require('../test/support/typescript-hook')
const tests = require('../test/support/databases.ts')

const STARTERS = {
  postgres: () => tests.startPostgres(),
  mariadb: () => tests.startMariadb(),
  // As docs/operations.md asks for.
  redis: () =>
    tests.startRedis([
      ...['--appendonly', 'yes', '--appendfsync', 'always'],
      ...['--maxmemory-policy', 'noeviction', '--save', ''],
      ...['--hash-max-listpack-value', '512'],
    ]),
}

/** Whether a database server is installed here; a bench says so and goes on without it. */
function isInstalled(name) {
  return Boolean(tests.PROGRAMS[name])
}

/** Starts a real server of our own with an empty database, each commit of it durable. */
function startDatabase(name) {
  return STARTERS[name]()
}

/**
 * Starts the databases that a setup needs; `onStart` gets each to remove it. Resolves to them by
 * name, or to undefined where one is not installed, and says so.
 */
async function startDatabases(setup, onStart) {
  const missing = setup.needs.filter(name => !isInstalled(name))
  if (missing.length > 0) {
    process.stderr.write(`skipped: ${setup.name}, for ${missing.join(' and ')} is not installed\n`)
    return undefined
  }
  const databases = {}
  for (const name of setup.needs) {
    databases[name] = await startDatabase(name)
    onStart(databases[name])
  }
  return databases
}

/** What our service has to be told to use these databases; without any it takes a SQLite file. */
function settingsFor({ postgres, mariadb, redis }) {
  const users = postgres ?? mariadb
  return { ...(users && { DATABASE_URL: users.url }), ...(redis && { REDIS_URL: redis.url }) }
}

const { startRedis, startSentinel } = tests
module.exports = {
  isInstalled,
  settingsFor,
  startDatabase,
  startDatabases,
  startRedis,
  startSentinel,
}
