// npm run bench:storm [-- --rounds=9 --rate=300]: whether a storm of logins holds up checks, on a
// slow disk too. The rate is that of the logins and of the lighter checks, per second.
const { constants, setPriority } = require('node:os')
const { runBounded } = require('./bounded')
const { CHECK, CONNECTIONS, LOGIN, logIn } = require('./jobs')
const { createLoad } = require('./load')
const { machine } = require('./machine')
const { readNumbers } = require('./options')
const { columns, range } = require('./report')
const { createServers } = require('./servers')
const { SLOW_FSYNC_MS, slowDisk } = require('./slow-disk')
const { percentile, spread } = require('./statistics')
const { createTemporaryFolder } = require('./temporary-folder')

/** Enough that a slow disk keeps no login from setting out in time. */
const LOGIN_CONNECTIONS = 256
const USERS = 2000
/** Far longer than a login takes, so that nearly all that set out in a round are answered in it. */
const ROUND_MS = 5000
const WARM_UP_MS = 4000
/** The p99 of a check during the storm, against the same without. */
const GOAL = 2

const say = text => process.stdout.write(`${text}\n`)
const { rounds, rate } = readNumbers(process.argv.slice(2), {
  rounds: { standard: 4, most: 20 },
  rate: { standard: 1000, most: 2000 },
})
/** What else the server has to do: as much as it can, and far less. */
const CHECK_LOADS = [
  { name: 'as many as it can', perSecond: undefined },
  { name: `${rate} a second`, perSecond: rate },
]

/**
 * Rounds in turns: the checks alone, then with the logins at another instance, which costs the
 * machine as much and the event loop nothing, then with the logins at the same one.
 */
async function measure({ url, elsewhere, tokens, load, stormLoad, perSecond }) {
  const checks = { url, ...CHECK, tokens, perSecond, connections: CONNECTIONS }
  const logins = { ...LOGIN, perSecond: rate, connections: LOGIN_CONNECTIONS }
  const sample = async (ms, stormUrl) => {
    const [check, login] = await Promise.all([
      load.run({ ...checks, ms }),
      stormUrl ? stormLoad.run({ ...logins, url: stormUrl, ms }) : { latencies: [], inTime: 0 },
    ])
    const seconds = ms / 1000
    return {
      p50: percentile(check.latencies, 50),
      p99: percentile(check.latencies, 99),
      checks: check.inTime / seconds,
      logins: login.inTime / seconds,
      loginP50: percentile(login.latencies, 50),
    }
  }
  for (const stormUrl of [elsewhere, url]) await sample(WARM_UP_MS, stormUrl)
  const [quiet, control, storm] = [[], [], []]
  for (let round = 0; round < rounds; round++) {
    quiet.push(await sample(ROUND_MS))
    control.push(await sample(ROUND_MS, elsewhere))
    storm.push(await sample(ROUND_MS, url))
  }
  const ratioOf = samples => spread(samples.map(({ p99 }, round) => p99 / quiet[round].p99))
  return { quiet, control, storm, controlRatio: ratioOf(control), ratio: ratioOf(storm) }
}

function rowsOf({ disk, checks, quiet, control, storm, controlRatio, ratio }) {
  const of = (samples, field, digits) => range(spread(samples.map(each => each[field])), digits)
  const row = (where, samples, ratio) => [
    `${disk}, ${checks}`,
    where,
    of(samples, 'checks', 0),
    of(samples, 'p50', 1),
    of(samples, 'p99', 1),
    ...(ratio
      ? [of(samples, 'logins', 0), of(samples, 'loginP50', 1), range(ratio, 2)]
      : ['', '', '']),
  ]
  return [row('none', quiet), row('elsewhere', control, controlRatio), row('here', storm, ratio)]
}

runBounded(90_000 + rounds * 75_000, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const servers = await createServers(folder.path, server => atEnd(server.stop))
  // Two processes of clients: the storm must not hold up the checks on their side.
  const [load, stormLoad] = [createLoad(), createLoad()]
  atEnd(load.stop)
  atEnd(stormLoad.stop)
  // They stand for other machines, and take the cores only when the server and the checks do not.
  for (const pid of [stormLoad.pid, servers.wechatPid])
    setPriority(pid, constants.priority.PRIORITY_LOW)
  const slow = slowDisk(folder.path)
  const disks = [
    { disk: 'this disk', env: {} },
    ...(slow ? [{ disk: `fsync + ${SLOW_FSYNC_MS} ms`, env: slow }] : []),
  ]

  const results = []
  for (const [number, { disk, env }] of disks.entries()) {
    const { url, stop } = await servers.startOurs(`disk-${number}`, env)
    const other = await servers.startOurs(`other-${number}`, env)
    const tokens = await logIn(load, url, USERS)
    for (const { name, perSecond } of CHECK_LOADS) {
      results.push({
        disk,
        checks: name,
        ...(await measure({ url, elsewhere: other.url, tokens, load, stormLoad, perSecond })),
      })
    }
    await stop()
    await other.stop()
  }
  say(
    `${machine()}\nGET /checklogin, SQLite at synchronous=FULL, with and without ${rate} logins a second\n`,
  )
  const head = [
    'disk, checks',
    'logins',
    'checks/s',
    'p50 ms',
    'p99 ms',
    'logins/s',
    'login p50',
    'p99 ratio',
  ]
  say(`${columns([head, ...results.flatMap(rowsOf)])}\n`)
  for (const { disk, checks, ratio } of results) {
    const verdict = ratio.median <= GOAL ? 'holds' : 'MISSED'
    say(`${verdict}: p99 with logins <= ${GOAL} x p99 without (${disk}, checks ${checks})`)
  }
})
