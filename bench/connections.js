// npm run connections [-- --count=10000]: how many connections one instance holds at a time, what
// they cost in memory, and whether each is answered.
const { readFileSync } = require('node:fs')
const { runBounded } = require('./bounded')
const { createClient, requestText } = require('./client')
const { inParallel } = require('./in-parallel')
const { machine } = require('./machine')
const { memoryOf, probed } = require('./memory')
const { readNumber } = require('./options')
const { createServers } = require('./servers')
const { createTemporaryFolder } = require('./temporary-folder')

const CALLERS = 200

const say = text => process.stdout.write(`${text}\n`)
const count = readNumber(process.argv.slice(2), 'count', { standard: 10_000, most: 60_000 })

/** How many files and sockets a process may have open. */
function mostDescriptors(pid) {
  const limits = readFileSync(`/proc/${pid}/limits`, 'utf8')
  return Number(/Max open files\s+(\d+)/.exec(limits)?.[1])
}

runBounded(300_000, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const servers = await createServers(folder.path, server => atEnd(server.stop))
  const file = `${folder.path}/memory.json`
  const server = await servers.startOurs('held', probed(file))
  const request = requestText({ method: 'GET', path: '/checklogin?token=x', host: 'localhost' })
  const before = await memoryOf(server, file)

  const clients = []
  atEnd(() => {
    for (const client of clients) client.close()
  })
  let refused = 0
  const ask = async client => {
    const answer = await client.ask(request).catch(() => undefined)
    if (answer?.status !== 200) refused++
  }
  const begun = performance.now()
  await inParallel(CALLERS, Array.from({ length: count }), async () => {
    const client = createClient(server.url)
    clients.push(client)
    await ask(client)
  })
  const opened = performance.now() - begun
  const refusedFirst = refused
  const held = await memoryOf(server, file)
  const again = performance.now()
  refused = 0
  await inParallel(CALLERS, clients, ask)
  const seconds = ms => (ms / 1000).toFixed(1)

  say(`${machine()}, ${mostDescriptors(server.pid)} descriptors for each process`)
  say(`${count} connections opened and answered in ${seconds(opened)} s, ${refusedFirst} refused`)
  say(`all asked once more: ${seconds(performance.now() - again)} s, ${refused} without an answer`)
  say(`RSS: ${before.rss.toFixed(0)} MB before, ${held.rss.toFixed(0)} MB with all of them open`)
  const kilobytes = ((held.rss - before.rss) * 1024) / count
  say(`that is ${kilobytes.toFixed(1)} KB a connection`)
  if (refused > 0) process.exitCode = 1
})
