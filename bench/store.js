// node bench/store.js: durable logins a second through the real store, and look-ups of sessions.
const { join } = require('node:path')
const { machine } = require('./machine')
const { columns } = require('./report')
const { createTemporaryFolder } = require('./temporary-folder')
const { openStore } = require('../dist/store/open')

const CALLERS = [64, 512, 4096]
const USERS = 20_000
const PHASE_MS = 3000
const DAY_MS = 86_400_000
/** As long as a real one: openid and session_key, encrypted. */
const SEALED = `kidkidki.${'s'.repeat(120)}`

const say = text => process.stdout.write(`${text}\n`)

let logins = 0
const named = (name, number, length) =>
  `${name}${String(number).padStart(length - name.length, '0')}`
const sessionIdOf = number => named('session', number, 32)

const log = { info() {}, warn() {}, error() {} }
const sessionOf = number => ({
  id: sessionIdOf(number),
  userId: named('user', number % USERS, 22),
})

/** A login whose every value is new: SQLite skips an update that changes nothing. */
function nextLogin() {
  const number = logins++
  const now = Date.now()
  return {
    codeHash: named('code', number, 22),
    owner: named('owner', number, 16),
    sessionId: sessionIdOf(number),
    newUserId: named('user', number, 22),
    appid: 'wx0123456789abcdef',
    openid: named('openid', number % USERS, 28),
    unionid: null,
    sealed: `${SEALED}${number}`,
    keyHash: named('key', number, 22),
    now,
    expiresAt: now + 30 * DAY_MS,
  }
}

/** Runs `work` in so many callers, each waiting for its own answer, and counts. */
async function phase(callers, work) {
  const start = performance.now()
  const cpuBefore = process.cpuUsage()
  let done = 0
  const caller = async () => {
    while (performance.now() - start < PHASE_MS) {
      await work()
      done++
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const { user, system } = process.cpuUsage(cpuBefore)
  const seconds = (performance.now() - start) / 1000
  return { perSecond: (done / seconds).toFixed(0), cpuUs: ((user + system) / done).toFixed(1) }
}

async function main() {
  const folder = createTemporaryFolder()
  try {
    const store = await openStore(`sqlite:${join(folder.path, 'login.db')}`, { log })
    try {
      say(`${machine()}\nSQLite, WAL, synchronous=FULL; ${PHASE_MS / 1000} s each\n`)
      const rows = [['', 'callers', 'per second', 'CPU us each']]
      for (const callers of CALLERS) {
        const { perSecond, cpuUs } = await phase(callers, () => store.completeLogin(nextLogin()))
        rows.push(['completeLogin', String(callers), perSecond, cpuUs])
      }
      let next = Math.max(0, logins - USERS)
      const read = await phase(1, async () => {
        if (next === logins) next = Math.max(0, logins - USERS)
        if (!(await store.findSession(sessionOf(next++)))) throw new Error('a session is lost')
      })
      rows.push(['findSession', '1', read.perSecond, read.cpuUs])
      say(columns(rows))
    } finally {
      await store.close()
    }
  } finally {
    folder.remove()
  }
}

main().catch(error => {
  const { message, reason } = error
  process.stderr.write(`bench: ${message}${reason ? ` (${reason})` : ''}\n`)
  process.exitCode = 1
})
