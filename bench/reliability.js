// npm run reliability [-- --seconds=600 --kill=30 --people=40 --seed=1]: whether everybody whom
// WeChat would accept gets logged in, while one of two instances is killed every half minute and
// WeChat hangs or answers with HTML now and then.
const { randomBytes, randomInt } = require('node:crypto')
const { setTimeout: sleep } = require('node:timers/promises')
const { createSimulator } = require('../dist/simulator/index.js')
const { runBounded } = require('./bounded')
const { inParallel } = require('./in-parallel')
const { machine } = require('./machine')
const { readNumbers } = require('./options')
const { createUser } = require('./reliable-user')
const { columns } = require('./report')
const { createRandom } = require('./seeded-random')
const { createServers } = require('./servers')
const { percentile } = require('./statistics')
const { createTemporaryFolder } = require('./temporary-folder')
const { startTwoInstances } = require('./two-instances')

const APP = { appid: 'wx0123456789abcdef', secret: randomBytes(16).toString('hex') }
/** Of a hundred calls to WeChat so many go wrong: one hangs, one is HTML. */
const HANGS = 0.01
const HTML = 0.01
const INVALID = 0.05
const CHECKS = 8

const say = text => process.stdout.write(`${text}\n`)
const { seconds, kill, people, seed } = readNumbers(process.argv.slice(2), {
  seconds: { standard: 600, most: 86_400 },
  kill: { standard: 30, most: 86_400 },
  people: { standard: 40, most: 1000 },
  seed: { standard: randomInt(1, 1e9), most: 999_999_999 },
})

function createNotes() {
  const times = new Map()
  const seen = { lost: 0, again: new Map(), wrong: [], doubled: 0 }
  return {
    seen,
    times,
    time(path, ms) {
      const all = times.get(path)
      if (all) all.push(ms)
      else times.set(path, [ms])
    },
    lost: () => seen.lost++,
    again: error => seen.again.set(error, (seen.again.get(error) ?? 0) + 1),
    wrong: answer => seen.wrong.push(`${answer.status} ${JSON.stringify(answer.body)}`),
    /** One code makes one session, however often it is sent. */
    sessions(tokens) {
      const sids = tokens.map(
        token => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).sid,
      )
      if (new Set(sids).size > 1) seen.doubled++
    },
  }
}

/** What one person does: logs in, looks around, and leaves or stays. */
async function live({ user, person, random, simulator, seen, held }) {
  if (random.chance(INVALID)) return void (await user.tryInvalid())
  if (random.chance(HANGS)) simulator.fail({ transport: 'never' }, { path: '/sns/jscode2session' })
  if (random.chance(HTML)) simulator.fail({ transport: 'html502' }, { path: '/sns/jscode2session' })
  seen.people++
  const token = await user.logIn(person)
  if (token === undefined) return
  seen.loggedIn++
  for (let i = 0; i < CHECKS; i++) {
    const answer = await user.check(token)
    if (answer?.body.is_login !== true) seen.loggedOut++
    await sleep(random.below(100))
  }
  if (random.chance(0.5)) held.add(token)
  else if ((await user.logOut(token))?.status === 200) held.ended.add(token)
}

/** Asks about every session there ever was: how many of them are not what was acknowledged. */
async function audit(user, held) {
  let wrong = 0
  const expect = isLogin => async token => {
    if ((await user.check(token))?.body.is_login !== isLogin) wrong++
  }
  await inParallel(20, [...held], expect(true))
  await inParallel(20, [...held.ended], expect(false))
  return wrong
}

function reportTimes(times) {
  const rows = [...times].map(([path, all]) => {
    const sorted = all.sort((a, b) => a - b)
    const of = percent => percentile(sorted, percent).toFixed(1)
    return [path, String(all.length), of(50), of(99), of(100)]
  })
  say(columns([['', 'answers', 'p50 ms', 'p99 ms', 'longest ms'], ...rows]))
}

runBounded((seconds + 240) * 1000, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const simulator = createSimulator({ apps: { [APP.appid]: APP.secret }, maxCalls: 1000 })
  const wechat = await simulator.listen()
  atEnd(() => simulator.close())
  const servers = await createServers(folder.path, server => atEnd(server.stop))
  const random = createRandom(seed)
  const env = { WX_API_BASE_URL: wechat, WX_APPID: APP.appid, WX_SECRET: APP.secret }
  const database = { DATABASE_URL: `sqlite:${folder.path}/shared.db` }
  const instances = await startTwoInstances({ servers, env: { ...env, ...database }, random })
  atEnd(instances.close)

  const notes = createNotes()
  const user = createUser({ ask: instances.ask, simulator, random, note: notes })
  const held = Object.assign(new Set(), { ended: new Set() })
  const seen = { people: 0, loggedIn: 0, loggedOut: 0 }
  const before = instances.residentMb()
  const end = performance.now() + seconds * 1000
  let serial = 0
  const crowd = Array.from({ length: people }, async () => {
    while (performance.now() < end) {
      const person = `person-${++serial}`
      await live({ user, person, random, simulator, seen, held })
    }
  })
  const killer = (async () => {
    for (let next = performance.now() + kill * 1000; next < end; next += kill * 1000) {
      await sleep(next - performance.now())
      await instances.kill()
    }
  })()
  await Promise.all([...crowd, killer])
  const wrong = await audit(user, held)

  const { lost, again, wrong: complaints, doubled } = notes.seen
  say(`${machine()}\n${seconds} s, ${people} people at a time, --seed=${seed}`)
  say(`kill -9: ${instances.killed()} times; answers that were lost by it: ${lost}`)
  say(`people: ${seen.people}; logged in: ${seen.loggedIn} (${share(seen.loggedIn, seen.people)})`)
  say(`wx.login again, by error: ${[...again].map(([name, many]) => `${name} ${many}`).join(', ')}`)
  say(`logged out though they were not: ${seen.loggedOut}; codes with two sessions: ${doubled}`)
  say(`sessions asked about at the end: ${held.size + held.ended.size}; wrong: ${wrong}`)
  say(
    `RSS of the instances, MB: ${before.join(', ')} before, ${instances.residentMb().join(', ')} after`,
  )
  reportTimes(notes.times)
  for (const complaint of new Set(complaints)) say(complaint)
  const isWell = seen.people === seen.loggedIn && wrong + doubled + seen.loggedOut === 0
  if (!isWell || complaints.length > 0) process.exitCode = 1
})

function share(some, all) {
  return `${((100 * some) / Math.max(1, all)).toFixed(3)} %`
}
