// npm run bench:rough [-- --users=2000 --json=FILE]: WeChat on a bad day. Who is logged in at the end,
// how late, and how often is WeChat asked for a code: ours beside tutorials and other packages.
const { randomBytes } = require('node:crypto')
const { writeFileSync } = require('node:fs')
const { setTimeout: sleep } = require('node:timers/promises')
const { runBounded } = require('./bounded')
const { askOnce } = require('./client')
const { CHECK, LOGIN } = require('./jobs')
const { loadAverage, machine } = require('./machine')
const { readArguments } = require('./options')
const { startPeers } = require('./start-peers')
const { columns } = require('./report')
const { createPeople, logIn } = require('./rough-users')
const { createRandom } = require('./seeded-random')
const { createServers } = require('./servers')
const { percentile } = require('./statistics')
const { createTemporaryFolder } = require('./temporary-folder')

/** At each server; all servers are used at the same time. */
const LOGINS_A_SECOND = 20
const LONGEST_LOGIN_MS = 25_000

const { users, seed, json } = readArguments(process.argv.slice(2), {
  texts: ['json'],
  numbers: { users: { standard: 2000, most: 20_000 }, seed: { standard: 1, most: 1_000_000 } },
})

/** The same service asked as the others are, and as our client library asks it. */
const OURS = [
  { name: 'ours', title: 'miniprogram-login, asked as the others', login: LOGIN, check: CHECK },
  {
    name: 'ours-sdk',
    title: 'miniprogram-login and its client library',
    login: LOGIN,
    check: CHECK,
    hasSdk: true,
  },
]

/** What came of all logins at one server. */
async function measure({ title, url, login, hasSdk, wechatUrl, openidOf }) {
  const people = createPeople({ random: createRandom(seed), count: users })
  const results = await Promise.all(
    people.map(async (person, number) => {
      await sleep((number * 1000) / LOGINS_A_SECOND)
      return { ...person, kept: await logIn(person, { url, login, hasSdk }) }
    }),
  )
  for (const each of results) each.whose = each.kept && (await openidOf(each.kept.token))
  const legitimate = results.filter(({ isInvalid }) => !isInvalid)
  const isRight = ({ openid, whose }) => openid === whose
  const inside = legitimate.filter(isRight)
  const late = inside.map(({ kept }) => kept.ms).sort((a, b) => a - b)
  const { calls, codes } = await (await fetch(`${wechatUrl}/seen`)).json()
  return {
    title,
    share: inside.length / legitimate.length,
    useless: legitimate.filter(each => each.kept && !isRight(each)).length,
    strangers: results.filter(({ isInvalid, kept }) => isInvalid && kept).length,
    p50Ms: percentile(late, 50),
    p99Ms: percentile(late, 99),
    mostMs: late.at(-1),
    callsPerCode: calls / codes,
  }
}

function table(results) {
  const rows = results.map(each => [
    each.title,
    `${(each.share * 100).toFixed(2)} %`,
    String(each.useless),
    String(each.strangers),
    ...[each.p50Ms, each.p99Ms, each.mostMs].map(ms => ms?.toFixed(0) ?? '-'),
    each.callsPerCode.toFixed(3),
  ])
  const head = ['', 'logged in', 'useless tokens', 'strangers with a token']
  return columns([[...head, 'p50 ms', 'p99 ms', 'most ms', 'calls of WeChat per code'], ...rows])
}

runBounded(120_000 + (users / LOGINS_A_SECOND) * 1000 + LONGEST_LOGIN_MS, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const start = await createServers(folder.path, server => atEnd(server.stop))
  const internalToken = randomBytes(32).toString('hex')
  const { peers, skipped } = await startPeers({
    start,
    folder: folder.path,
    wechatOf: name => start.startRoughWechat(`wechat of ${name}`, seed),
    ours: OURS,
    settings: { INTERNAL_TOKEN: internalToken },
  })
  const results = await Promise.all(
    peers.map(peer => measure({ ...peer, openidOf: openidOf(peer, internalToken) })),
  )
  const context = { machine: machine(), loadAverage: loadAverage(), users }
  process.stdout.write(
    `${context.machine}, load ${context.loadAverage.toFixed(1)}\n${users} people each, ${LOGINS_A_SECOND} a second at each server; 10 % send their code twice, 5 % show an invalid one; WeChat is 50 ms away, hangs at 1 % of calls and answers 502 at 1 %\n\n${table(results)}\n`,
  )
  if (json) {
    const all = { bench: 'rough', ...context, results, skipped }
    writeFileSync(json, `${JSON.stringify(all, undefined, 1)}\n`)
  }
})

/** How to ask a server whose a token is. Ours tells an openid to its gateway alone. */
function openidOf({ name, url, check }, internalToken) {
  const ours = { ...check, path: '/verify', headers: { 'X-Internal-Token': internalToken } }
  const { method, path, body, headers = {} } = name.startsWith('ours') ? ours : check
  return async token => {
    const { head, text } = await askOnce(url, {
      method,
      path: path.replace('{token}', token),
      headers: { ...headers, Authorization: `Bearer ${token}` },
      body: body?.replace('{token}', token),
    })
    return name.startsWith('ours') ? /^x-openid: (.*)$/im.exec(head)?.[1] : JSON.parse(text).openid
  }
}
