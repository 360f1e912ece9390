// npm run bench:store: durable writes of sessions and whole logins a second in SQLite, and look-ups.
const { randomInt } = require('node:crypto')
const { join } = require('node:path')
const { runBounded } = require('./bounded')
const { inParallel } = require('./in-parallel')
const { machine } = require('./machine')
const { columns } = require('./report')
const { randomOpenid, sampleLogin } = require('./sample-login')
const { createTemporaryFolder } = require('./temporary-folder')
const { createEvents } = require('../dist/events')
const { PATIENCE } = require('../dist/patience')
const { createOutageLog } = require('../dist/store/outage-log')
const { createSqlStore } = require('../dist/store/sql/sql-store')
const { createStatementRunner } = require('../dist/store/sql/statement-runner')
const { statementsFor } = require('../dist/store/sql/statements')
const { DEFAULT_TABLE_PREFIX } = require('../dist/store/sql/table-prefix')
const { openSqliteDriver } = require('../dist/store/sqlite/sqlite-driver')
const { SWEEP_BATCH } = require('../dist/store/contract/store')

/** How many wait for their own write at one time; a look-up waits for nobody. */
const CALLERS = [64, 512, 4096]
const USERS = 20_000
const PHASE_MS = 2500
/** Made before a phase, so that it measures the store alone; more than a phase writes. */
const PREPARED = 200_000
/**
 * Durable writes of a session a second, each acknowledged after its commit. Set by a measurement of
 * rows that are written over among 20,000: a new row, at a random place, is another matter.
 */
const GOAL = 60_000

const say = text => process.stdout.write(`${text}\n`)

/** Runs `work` on one item after the other in so many callers, and counts. */
async function phase(callers, items, work) {
  const start = performance.now()
  const cpuBefore = process.cpuUsage()
  const done = await inParallel(callers, items, work, start + PHASE_MS)
  const { user, system } = process.cpuUsage(cpuBefore)
  const seconds = (performance.now() - start) / 1000
  return { perSecond: done / seconds, cpuUs: (user + system) / done }
}

runBounded(90_000, async atEnd => {
  const folder = createTemporaryFolder()
  atEnd(folder.remove)
  const [tablePrefix, sweepBatch] = [DEFAULT_TABLE_PREFIX, SWEEP_BATCH]
  const statements = statementsFor({ dialect: 'sqlite', tablePrefix, sweepBatch })
  const driver = await openSqliteDriver({
    file: join(folder.path, 'login.db'),
    tablePrefix,
    statements,
    outages: createOutageLog(createEvents(), 'DATABASE_URL'),
    patience: PATIENCE,
  })
  const store = createSqlStore({ driver, statements, sweepBatch })
  const { write } = createStatementRunner(driver, statements)
  atEnd(() => store.close())

  const openids = Array.from({ length: USERS }, randomOpenid)
  const known = []
  await inParallel(1000, openids, async openid => {
    const login = sampleLogin(openid)
    const { userId } = await store.sessions.begin(login)
    known.push({ id: login.sessionId, userId, sealed: login.sealed })
  })
  const anyone = () => randomInt(USERS)
  const prepared = make => Array.from({ length: PREPARED }, make)

  const subjects = [
    {
      name: 'session of a known user, added',
      callers: CALLERS,
      // The store's own path for a session alone, without the user and the code of a login.
      work: session => write(['insertSession'], session),
      items: () => prepared(() => ({ ...sampleLogin(''), userId: known[anyone()].userId })),
    },
    {
      name: 'session, sealed anew',
      callers: CALLERS,
      work: async session => {
        const from = session.sealed
        session.sealed = sampleLogin('').sealed
        await store.sessions.reseal(session, { from, sealed: session.sealed })
      },
      items: () => prepared(() => known[anyone()]),
    },
    {
      name: 'whole login',
      callers: CALLERS,
      work: login => store.sessions.begin(login),
      items: () => prepared(() => sampleLogin(openids[anyone()])),
    },
    {
      name: 'session, looked up',
      callers: [1],
      work: session => store.sessions.find(session),
      items: () => prepared(() => known[anyone()]),
    },
  ]
  const rows = []
  for (const { name, callers, work, items } of subjects) {
    for (const count of callers) rows.push({ name, count, ...(await phase(count, items(), work)) })
  }

  say(`${machine()}\nSQLite, WAL, synchronous=FULL, ${USERS} users\n`)
  const head = ['', 'callers', 'per second', 'CPU us each']
  const cells = ({ name, count, perSecond, cpuUs }) =>
    [name, count, perSecond.toFixed(0), cpuUs.toFixed(1)].map(String)
  say(columns([head, ...rows.map(cells)]))
  const best = Math.max(
    ...rows.filter(({ name }) => name === subjects[1].name).map(({ perSecond }) => perSecond),
  )
  const verdict = best >= GOAL ? 'holds' : 'MISSED'
  say(
    `\n${verdict}: a session written over, durably, >= ${GOAL} times a second (${best.toFixed(0)})`,
  )
})
