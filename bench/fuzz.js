// npm run fuzz [-- --requests=100000 --seed=1]: whether any request gets a 5xx, or makes the service
// hold more memory. Requests come from as many made-up addresses, with codes and tokens that are all
// different. The same seed asks the same.
const { randomInt } = require('node:crypto')
const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { ROUTES } = existsSync(join(__dirname, '../dist/http/routes.js'))
  ? require('../dist/http/routes.js')
  : { ROUTES: [] }
const { runBounded } = require('./bounded')
const { createRequests } = require('./fuzz-requests')
const { inParallel } = require('./in-parallel')
const { logIn } = require('./jobs')
const { createLoad } = require('./load')
const { machine } = require('./machine')
const { memoryOf, probed } = require('./memory')
const { readNumbers } = require('./options')
const { createRawClient } = require('./raw-exchange')
const { columns } = require('./report')
const { createRandom } = require('./seeded-random')
const { createServers } = require('./servers')
const { createTemporaryFolder } = require('./temporary-folder')

const CONNECTIONS = 64
/** A first part fills what has a bound: caches, pools, the limiter's windows. */
const PARTS = 5
/** Memory after the last part, against that after the second. */
const FLAT = 1.1
/** Errors that say what is so: the service may be unable, and says it. */
const NAMED =
  /"error":"(?:overloaded|store_unavailable|wechat_unavailable|wechat_quota|shutting_down)"/

const say = text => process.stdout.write(`${text}\n`)
const { requests, seed } = readNumbers(process.argv.slice(2), {
  requests: { standard: 100_000, most: 10_000_000 },
  seed: { standard: randomInt(1, 1e9), most: 999_999_999 },
})

/** Sends so many requests; adds what came back to `seen`. */
async function send(clients, next, many, seen) {
  const idle = [...clients]
  await inParallel(clients.length, Array.from({ length: many }), async () => {
    const client = idle.pop()
    const { bytes, isHead } = next()
    try {
      const { status, text } = await client.ask(bytes, { isHead })
      seen.statuses.set(status, (seen.statuses.get(status) ?? 0) + 1)
      if (status >= 500 && !NAMED.test(text))
        seen.failures.push(`${status} ${text} to ${bytes.subarray(0, 300)}`)
    } catch (error) {
      seen.failures.push(`${error.message} to ${bytes.subarray(0, 300)}`)
    } finally {
      idle.push(client)
    }
  })
}

runBounded(120_000 + requests * 20, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const servers = await createServers(folder.path, server => atEnd(server.stop))
  const file = join(folder.path, 'memory.json')
  const server = await servers.startOurs('fuzzed', {
    ...probed(file),
    TRUST_PROXY: 'loopback',
    RATE_LIMIT: '600',
    INTERNAL_TOKEN: 'fuzz-fuzz-fuzz-9c2b7e8d1a6053e7b9c2d4',
  })
  const load = createLoad()
  atEnd(load.stop)
  const tokens = await logIn(load, server.url, 100)
  const port = Number(new URL(server.url).port)
  const clients = Array.from({ length: CONNECTIONS }, () => createRawClient(port))
  for (const { close } of clients) atEnd(close)
  const next = createRequests({ random: createRandom(seed), routes: ROUTES, tokens })

  say(`${machine()}\n${requests} requests, --seed=${seed}`)
  const seen = { statuses: new Map(), failures: [] }
  const memory = [await memoryOf(server, file)]
  for (let part = 0; part < PARTS; part++) {
    await send(clients, next, Math.ceil(requests / PARTS), seen)
    memory.push(await memoryOf(server, file))
  }
  const rows = memory.map(({ rss, heap }, part) => {
    return [`${(part * requests) / PARTS}`, rss.toFixed(1), heap.toFixed(1)]
  })
  say(columns([['after requests', 'RSS MB', 'heap MB'], ...rows]))
  const statuses = [...seen.statuses].sort(([a], [b]) => a - b)
  say(statuses.map(([status, many]) => `${status || 'closed'}: ${many}`).join(', '))
  for (const failure of seen.failures.slice(0, 10)) say(failure)
  const growth = memory.at(-1).heap / memory[2].heap
  const isFlat = requests < 50_000 || growth <= FLAT
  const alive = await fetch(`${server.url}/livez`).then(({ status }) => status === 200)
  say(
    `${seen.failures.length} unnamed 5xx or lost answers; heap after the last part ${growth.toFixed(2)} x that after the second; ${alive ? 'it still serves' : 'IT IS GONE'}`,
  )
  if (seen.failures.length > 0 || !isFlat || !alive) process.exitCode = 1
})
