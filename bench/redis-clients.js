// The clients that bench/redis-client.js compares: the library as it comes, the library with every
// setting that helps and our deadline around each call, and the connections of src/store/redis/link.
const redis = require('@redis/client')
const { readRedisUrl } = require('../dist/config/redis-url')
const { createEvents } = require('../dist/events')
const { PATIENCE } = require('../dist/patience')
const { withDeadline } = require('../dist/store/deadline')
const { openRedisRoute } = require('../dist/store/redis/link/open-redis-route')
const { createRedisCommands } = require('../dist/store/redis/redis-commands')

const TUNED = {
  disableOfflineQueue: true,
  pingInterval: PATIENCE.redisPingEveryMs,
  commandOptions: { timeout: PATIENCE.storeMs },
  socket: {
    connectTimeout: PATIENCE.redisConnectMs,
    socketTimeout: PATIENCE.redisPingEveryMs + PATIENCE.redisPingMs,
    reconnectStrategy: retries => Math.min(1000, 32 * 2 ** retries),
  },
}

/** A client as the experiments see it: one command for one Redis key. */
async function opened(client, set) {
  client.on('error', () => {})
  await client.connect()
  return { set, close: () => client.destroy() }
}

const nodesOf = urls => urls.map(url => new URL(url))

/** How the library opens each kind, with its settings on top. */
const LIBRARY = {
  server([url], settings) {
    const client = redis.createClient({ url, ...settings })
    return opened(client, key => client.set(key, 'value'))
  },
  sentinel(urls, settings) {
    const client = redis.createSentinel({
      name: 'main',
      sentinelRootNodes: nodesOf(urls).map(({ hostname: host, port }) => ({
        host,
        port: Number(port),
      })),
      nodeClientOptions: settings,
    })
    return opened(client, key => client.set(key, 'value'))
  },
  cluster(urls, settings) {
    const client = redis.createCluster({
      rootNodes: urls.map(url => ({ url })),
      defaults: settings,
    })
    return opened(client, key => client.set(key, 'value'))
  },
}

async function openOurs(kind, urls) {
  const hosts = nodesOf(urls)
    .map(({ host }) => host)
    .join(',')
  const scheme = kind === 'server' ? 'redis' : `redis+${kind}`
  const route = openRedisRoute({
    redis,
    url: readRedisUrl(`${scheme}://${hosts}${kind === 'sentinel' ? '/main' : ''}`),
    events: createEvents(),
    patience: PATIENCE,
    onInvalidate() {},
    onLost() {},
    async onConnected() {},
  })
  await route.tried
  const commands = createRedisCommands(route, PATIENCE)
  const set = key => commands.inTime(() => commands.send(key, ['SET', key, 'value']))
  return { set, close: () => route.close() }
}

const CLIENTS = {
  'library as it comes': (kind, urls) => LIBRARY[kind](urls, {}),
  async 'library, tuned, a deadline around it'(kind, urls) {
    const { set, close } = await LIBRARY[kind](urls, TUNED)
    return { set: key => withDeadline(set(key), PATIENCE.storeMs), close }
  },
  'src/store/redis/link': openOurs,
}

module.exports = { CLIENTS }
