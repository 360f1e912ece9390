// npm run bench:size [-- --users=50000]: what a user, a session and a code take in each store.
const { join } = require('node:path')
const { runBounded } = require('./bounded')
const { isInstalled, startDatabase } = require('./databases')
const { inParallel } = require('./in-parallel')
const { machine } = require('./machine')
const { readNumber } = require('./options')
const { openRedisMemory } = require('./redis-memory')
const { columns } = require('./report')
const { claimOf, randomOpenid, sampleLogin } = require('./sample-login')
const { tableSizes } = require('./sizes')
const { createTemporaryFolder } = require('./temporary-folder')
const { createEvents } = require('../dist/events')
const { openStore } = require('../dist/store/open')

/** Logins at one time; the databases take ten. */
const CALLERS = 32
const DATABASES = ['sqlite', 'postgres', 'mariadb']

const say = text => process.stdout.write(`${text}\n`)
const quiet = { log: { info() {}, warn() {}, error() {} }, events: createEvents() }
const users = readNumber(process.argv.slice(2), 'users', { standard: 10_000, most: 50_000 })

/** Logs every user in once, and resolves to the sessions. */
async function logAllIn(store, openids) {
  const sessions = []
  await inParallel(CALLERS, openids, async openid => {
    const login = sampleLogin(openid)
    await store.codes.claim(claimOf(login))
    const { userId } = await store.sessions.begin(login)
    sessions.push({ id: login.sessionId, userId })
  })
  return sessions
}

/** Two logins of each user, then the tables: a table holds as many users, twice the sessions. */
async function inDatabase(kind, url) {
  const store = await openStore(url, quiet)
  const empty = await tableSizes(kind, url)
  const openids = Array.from({ length: users }, randomOpenid)
  await logAllIn(store, openids)
  await logAllIn(store, openids)
  await store.close()
  const full = await tableSizes(kind, url)
  const each = (table, rows) => ((full[`mpl_${table}`] - empty[`mpl_${table}`]) / rows).toFixed(0)
  const session = each('sessions', users * 2)
  return [kind, each('users', users), session, session, each('login_codes', users * 2), '']
}

/** The first session of a user also brings the list of his sessions and the newest key. */
async function inRedis(url) {
  const memory = await openRedisMemory(url)
  const store = await openStore('memory:', { ...quiet, redisUrl: url })
  const openids = Array.from({ length: users }, randomOpenid)
  const sizes = [await memory.bytes()]
  const sessions = await logAllIn(store, openids)
  const withCodes = await memory.bytes()
  await memory.dropCodes()
  sizes.push(await memory.bytes())
  await logAllIn(store, openids)
  await memory.dropCodes()
  sizes.push(await memory.bytes())
  // Redis remembers who has read a key; of the instance that logs in it does so from then on.
  const other = await openStore('memory:', { ...quiet, redisUrl: url })
  await inParallel(CALLERS, sessions, ref => other.sessions.find(ref))
  const tracked = (await memory.bytes()) - sizes[2]
  await store.close()
  await other.close()
  memory.close()
  const [empty, one, two] = sizes
  const each = bytes => (bytes / users).toFixed(0)
  return ['redis', '0', each(one - empty), each(two - one), each(withCodes - one), each(tracked)]
}

runBounded(90_000 + users * 4, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const rows = []
  const isThere = kind => {
    if (kind === 'sqlite' || isInstalled(kind)) return true
    process.stderr.write(`skipped: ${kind} is not installed\n`)
    return false
  }
  const start = async kind => {
    if (kind === 'sqlite') return `sqlite:${join(folder.path, 'login.db')}`
    const database = await startDatabase(kind)
    atEnd(() => database.remove())
    return database.url
  }
  for (const kind of DATABASES.filter(isThere)) rows.push(await inDatabase(kind, await start(kind)))
  if (isThere('redis')) rows.push(await inRedis(await start('redis')))

  say(`${machine()}\n${users} users, two logins each; bytes each, with indexes\n`)
  const head = [
    '',
    'user',
    'first session',
    'further session',
    'login code',
    'read by one more instance',
  ]
  say(columns([head, ...rows]))
})
