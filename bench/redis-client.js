// npm run bench:redis-client: what a caller of Redis waits for when a server hangs or is killed, and
// whether a flush reaches a read that is under way. docs/decisions/redis-connections.md has the
// figures. Everything is on loopback, and all of it ends by itself within four minutes.
const { execFileSync } = require('node:child_process')
const { setTimeout: sleep } = require('node:timers/promises')
const redis = require('@redis/client')
const { runBounded } = require('./bounded')
const { isInstalled, startRedis, startSentinel } = require('./databases')
const { machine } = require('./machine')
const { CLIENTS } = require('./redis-clients')
const { columns } = require('./report')
const { startRedisCluster } = require('../test/support/redis-cluster.ts')
const { redisCommand } = require('../test/support/redis-command.ts')
const { openStore } = require('../dist/store/open')
const { createEvents } = require('../dist/events')
const { sampleLogin } = require('./sample-login')
const { slotOf } = require('../dist/store/redis/link/slots')

const LIMIT_MS = 300_000
const ASK_EVERY_MS = 50
const say = text => process.stdout.write(`${text}\n`)

/** Asks all the time; remembers of each command when it left and when it came to what. */
function keepAsking({ set }, keys) {
  const asked = []
  const timer = setInterval(() => {
    const one = { leftAt: performance.now(), endedAt: undefined, isDone: false }
    asked.push(one)
    const end = isDone => () => Object.assign(one, { endedAt: performance.now(), isDone })
    set(keys[asked.length % keys.length]).then(end(true), end(false))
  }, ASK_EVERY_MS)
  return { asked, stop: () => clearInterval(timer) }
}

const seconds = ms => (ms === undefined ? 'never' : `${(ms / 1000).toFixed(2)} s`)

/** A fault, its remedy, and what callers saw of both. */
async function outage({ open, keys, fault, forMs, remedy, thenMs }) {
  const client = await open()
  const { asked, stop } = keepAsking(client, keys)
  await sleep(500)
  const brokenAt = performance.now()
  await fault()
  await sleep(forMs)
  const during = asked.filter(({ leftAt }) => leftAt >= brokenAt)
  const now = performance.now()
  const waits = during.map(({ leftAt, endedAt = now }) => endedAt - leftAt).sort((a, b) => a - b)
  const unanswered = during.filter(({ endedAt }) => endedAt === undefined).length
  const mendedAt = performance.now()
  await remedy?.()
  await sleep(thenMs)
  stop()
  client.close()
  const from = remedy ? mendedAt : brokenAt
  const first = asked.filter(({ leftAt, isDone }) => leftAt > from && isDone)
  const again = Math.min(...first.map(({ endedAt }) => endedAt)) - from
  return [
    seconds(waits[waits.length >> 1]),
    `${unanswered > 0 ? 'over ' : ''}${seconds(waits.at(-1))}`,
    `${unanswered} of ${during.length}`,
    first.length === 0 ? `not within ${seconds(thenMs)}` : seconds(again),
  ]
}

const HEAD = ['', 'median wait', 'longest wait', 'still unanswered', 'works again after']

async function compare(title, kind, experiment) {
  const rows = [HEAD]
  for (const [name, open] of Object.entries(CLIENTS)) {
    rows.push([name, ...(await experiment(urls => open(kind, urls)))])
  }
  say(`\n${title}\n${columns(rows)}`)
}

async function hungServer(open) {
  const server = await startRedis()
  const result = await outage({
    open: () => open([server.url]),
    keys: ['key'],
    fault: () => server.hang(),
    ...{ forMs: 8000, remedy: () => server.goOn(), thenMs: 3000 },
  })
  await server.remove()
  return result
}

async function killedServer(open) {
  const server = await startRedis()
  const result = await outage({
    open: () => open([server.url]),
    keys: ['key'],
    fault: () => server.stop('SIGKILL'),
    ...{ forMs: 4000, remedy: () => server.start(), thenMs: 4000 },
  })
  await server.remove()
  return result
}

async function hungPrimary(open) {
  const primary = await startRedis()
  const port = new URL(primary.url).port
  const replica = await startRedis(['--replicaof', '127.0.0.1', port])
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel('main', port)))
  const isReady = async () => {
    const known = JSON.stringify(await redisCommand(sentinels[0].url, 'SENTINEL', 'MASTER', 'main'))
    return /"num-slaves":"1"/.test(known) && /"num-other-sentinels":"2"/.test(known)
  }
  while (!(await isReady())) await sleep(50)
  const result = await outage({
    open: () => open(sentinels.map(({ url }) => url)),
    keys: ['key'],
    ...{ fault: () => primary.hang(), forMs: 10_000, thenMs: 100 },
  })
  await Promise.all([primary, replica, ...sentinels].map(each => each.remove()))
  return result
}

async function hungNode(open) {
  const nodes = await startRedisCluster()
  // Keys of the first node only: the others are not concerned.
  const keys = Array.from({ length: 100 }, (_, i) => `key-${i}`).filter(key => slotOf(key) <= 5461)
  const result = await outage({
    open: () => open(nodes.map(({ url }) => url)),
    keys,
    fault: () => nodes[0].hang(),
    ...{ forMs: 8000, remedy: () => nodes[0].goOn(), thenMs: 4000 },
  })
  await Promise.all(nodes.map(node => node.remove()))
  return result
}

/** Runs FLUSHALL while this process reads nothing: its news arrives together with what was asked. */
function flushAtOnce(url) {
  const { hostname, port } = new URL(url)
  const script = `
    const socket = require('node:net').connect(${port}, '${hostname}', () => socket.write('FLUSHALL\\r\\n'))
    socket.on('data', () => socket.destroy())`
  execFileSync(process.execPath, ['-e', script], { timeout: 5000 })
}

/** A read leaves, Redis answers it, then everything is flushed. Is the answer kept all the same? */
async function flushedRead() {
  const server = await startRedis()
  const cache = new redis.BasicClientSideCache()
  const client = redis.createClient({ url: server.url, RESP: 3, clientSideCache: cache })
  await client.connect()
  const store = await openStore('memory:', {
    ...{ redisUrl: server.url, events: createEvents() },
    log: { info() {}, warn() {}, error() {} },
  })
  const stale = { library: 0, ours: 0 }
  for (let i = 0; i < 20; i++) {
    await redisCommand(server.url, 'SET', 'key', 'value')
    const login = sampleLogin(`openid-${i}`)
    const { userId } = await store.sessions.begin(login)
    const ref = { id: login.sessionId, userId }
    const reads = [client.get('key'), store.sessions.find(ref)]
    // Both reads have left when this turn and the next are over.
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
    flushAtOnce(server.url)
    await Promise.all(reads)
    await sleep(20)
    if ((await client.get('key')) !== null) stale.library++
    if ((await store.sessions.find(ref)) !== undefined) stale.ours++
    cache.clear()
  }
  client.destroy()
  await store.close()
  await server.remove()
  say('\nA read is under way while everything is flushed: read again, what is gone is still there')
  say(
    columns([
      ['clientSideCache', `${stale.library} of 20`],
      ['ours', `${stale.ours} of 20`],
    ]),
  )
}

runBounded(LIMIT_MS, async () => {
  if (!isInstalled('redis')) throw new Error('redis-server is not installed')
  say(machine())
  say(`@redis/client ${require('@redis/client/package.json').version}`)
  await compare('A server hangs for 8 s', 'server', hungServer)
  await compare('A server is killed, and started again after 4 s', 'server', killedServer)
  await compare('A primary hangs; sentinels fail over after 1 s', 'sentinel', hungPrimary)
  await compare('A node of a cluster hangs for 8 s', 'cluster', hungNode)
  await flushedRead()
})
