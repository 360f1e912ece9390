// npm run bench:overload [-- --rounds=5 --logins=3000]: what 3,000 logins cost, and whom, while WeChat
// hangs: the time to be refused, the longest 504, what checks feel of it, and the recovery.
const { fork } = require('node:child_process')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { runBounded } = require('./bounded')
const { CHECK, CONNECTIONS, logIn } = require('./jobs')
const { createLoad } = require('./load')
const { machine } = require('./machine')
const { readNumbers } = require('./options')
const { columns, range } = require('./report')
const { createServers } = require('./servers')
const { percentile, spread } = require('./statistics')
const { createTemporaryFolder } = require('./temporary-folder')

const DEADLINE_MS = 5000
/** The logins arrive within this time. */
const ARRIVE_MS = 2000
const CHECKS_A_SECOND = 300
const QUIET_MS = 3000
/** From the first login until after the last 504 that comes in time. */
const STORM_MS = ARRIVE_MS + DEADLINE_MS + 1000
const USERS = 500

const say = text => process.stdout.write(`${text}\n`)
const { rounds, logins } = readNumbers(process.argv.slice(2), {
  rounds: { standard: 5, most: 20 },
  logins: { standard: 3000, most: 8000 },
})

/** Logins from a process of its own. */
function createCrowd() {
  const child = fork(join(__dirname, 'crowd.js'), { serialization: 'advanced', env: {} })
  return {
    run: job =>
      new Promise(resolve => {
        child.once('message', ({ answers }) => resolve(answers))
        child.send(job)
      }),
    stop: () => child.kill(),
  }
}

/** Asks ten times a second until a login succeeds; resolves to how long that took. */
async function recovery(url) {
  const begin = performance.now()
  for (let i = 0; ; i++) {
    const body = JSON.stringify({ code: `${begin}-${i}` })
    const headers = { 'Content-Type': 'application/json' }
    const { status } = await fetch(`${url}/login`, { method: 'POST', headers, body })
    if (status === 200) return performance.now() - begin
    await sleep(100)
  }
}

/** A machine that does other work as well may refuse some of the first logins. */
async function patiently(work) {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === 20) throw error
      await sleep(500)
    }
  }
}

const times = answers => answers.map(({ ms }) => ms).sort((a, b) => a - b)

/** Quiet, then the logins while WeChat hangs, then as many more, then WeChat is back. */
async function measure({ url, tokens, load, crowd, wechat }) {
  const checks = { url, ...CHECK, tokens, perSecond: CHECKS_A_SECOND, connections: CONNECTIONS }
  const p99 = ({ latencies }) => percentile(latencies, 99)
  const quiet = p99(await load.run({ ...checks, ms: QUIET_MS }))
  await wechat('hang')
  const storm = async () => {
    const [check, answers] = await Promise.all([
      load.run({ ...checks, ms: STORM_MS }),
      crowd.run({ url, logins, ms: ARRIVE_MS }),
    ])
    const of = isOne => answers.filter(isOne)
    return {
      p99: p99(check),
      overloaded: times(of(({ error }) => error === 'overloaded')),
      unavailable: times(of(({ error }) => error === 'wechat_unavailable')),
      late: times(of(({ status }) => status === 504)),
      other: of(({ status }) => status !== 503 && status !== 504),
    }
  }
  const first = await storm()
  const second = await storm()
  await wechat('heal')
  return { quiet, first, second, recoveryMs: await recovery(url) }
}

const over = (samples, pick, digits = 0) => {
  const values = samples.map(pick).filter(value => value !== undefined)
  return values.length === 0 ? '-' : range(spread(values), digits)
}

function rowsOf(samples) {
  const refusals = (name, of, error) => {
    const each = samples.filter(sample => of(sample)[error].length > 0)
    return [
      name,
      over(each, sample => of(sample)[error].length),
      over(each, sample => percentile(of(sample)[error], 50), 1),
      over(each, sample => percentile(of(sample)[error], 99), 1),
      over(each, sample => of(sample)[error].at(-1), 1),
    ]
  }
  const [first, second] = [({ first }) => first, ({ second }) => second]
  return [
    refusals('first: overloaded', first, 'overloaded'),
    refusals('first: wechat_unavailable', first, 'unavailable'),
    refusals('first: 504', first, 'late'),
    refusals('second: overloaded', second, 'overloaded'),
    refusals('second: wechat_unavailable', second, 'unavailable'),
    refusals('second: 504', second, 'late'),
  ]
}

runBounded(60_000 + rounds * 60_000, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const servers = await createServers(folder.path, server => atEnd(server.stop))
  const { url } = await servers.startOurs('ours')
  const wechat = what => fetch(`${servers.wechatUrl}/${what}`)
  const [load, crowd] = [createLoad(), createCrowd()]
  atEnd(load.stop)
  atEnd(crowd.stop)
  const tokens = await patiently(() => logIn(load, url, USERS))
  const samples = []
  for (let round = 0; round < rounds; round++) {
    samples.push(await measure({ url, tokens, load, crowd, wechat }))
  }
  say(
    `${machine()}\n${logins} logins within ${ARRIVE_MS} ms while WeChat hangs, then as many again; ${rounds} rounds, deadline ${DEADLINE_MS} ms\n`,
  )
  const head = ['logins', 'answers', 'p50 ms', 'p99 ms', 'longest ms']
  say(`${columns([head, ...rowsOf(samples)])}\n`)
  say(
    columns([
      ['/checklogin p99 ms', ''],
      ['before', over(samples, ({ quiet }) => quiet, 1)],
      ['during the first', over(samples, ({ first }) => first.p99, 1)],
      ['during the second', over(samples, ({ second }) => second.p99, 1)],
      ['first login after WeChat is back, ms', over(samples, ({ recoveryMs }) => recoveryMs)],
    ]),
  )
  const strange = samples.flatMap(({ first, second }) => [...first.other, ...second.other])
  if (strange.length > 0)
    say(`\n${strange.length} other answers, such as ${JSON.stringify(strange[0])}`)
})
