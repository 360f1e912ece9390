import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSimulator, type Simulator } from '../../src/simulator/index'
import { type Balancer, startBalancer } from '../support/balancer'
import {
  available,
  type DatabaseServer,
  startMariadb,
  startPostgres,
  startRedis,
} from '../support/databases'
import { startLedger } from '../support/ledger'
import { type ServerProcess, startServer } from '../support/server-process'
import { JWT_SECRET, OTHER_APP } from '../support/service'
import { temporaryFolder } from '../support/temporary'

/** A few in every run of the suite; `npm run kill-test` makes it 20. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 2)
const IS_FULL = process.env.KILL_ROUNDS !== undefined

const folder = temporaryFolder()
const instances: ServerProcess[] = []
const databases: DatabaseServer[] = []
let simulator: Simulator
let balancer: Balancer
let env: NodeJS.ProcessEnv

beforeEach(async () => {
  simulator = createSimulator({ apps: { [OTHER_APP.appid]: OTHER_APP.secret } })
  await simulator.listen()
  balancer = await startBalancer()
})
afterEach(async () => {
  await balancer.close()
  await Promise.all(instances.splice(0).map(instance => instance.stop('SIGKILL')))
  await Promise.all(databases.splice(0).map(database => database.remove()))
  await simulator.close()
})
afterAll(() => folder.remove())

async function startInstance(): Promise<ServerProcess> {
  const instance = await startServer(
    {
      WX_APPID: OTHER_APP.appid,
      WX_SECRET: OTHER_APP.secret,
      WX_API_BASE_URL: simulator.url,
      JWT_SECRET,
      RATE_LIMIT: 'off',
      LOG_FORMAT: 'json',
      ...env,
    },
    folder.path,
  )
  await balancer.add(instance.url)
  return instance
}

async function killInstance(): Promise<void> {
  const [victim] = instances.splice(0, 1)
  if (!victim) return
  await victim.stop('SIGKILL')
  await balancer.whenOut(victim.url)
  instances.push(await startInstance())
}

async function killDatabase(database: DatabaseServer): Promise<void> {
  await database.killAll()
  await database.start()
  for (const { url } of instances) await balancer.whenIn(url)
}

let files = 0
const sqliteFile = () => `sqlite:${join(folder.path, `${++files}.db`)}`

async function startRedisWith(appendfsync: string): Promise<DatabaseServer> {
  const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', appendfsync])
  databases.push(redis)
  env = { DATABASE_URL: sqliteFile(), REDIS_URL: redis.url }
  return redis
}

async function startSql(startServer: () => Promise<DatabaseServer>) {
  const database = await startServer()
  databases.push(database)
  env = { DATABASE_URL: database.url }
  return () => killDatabase(database)
}

/** What is killed, and how it is set up: each resolves to the killing. */
const VICTIMS: Record<string, () => Promise<() => Promise<void>>> = {
  'an instance, on a SQLite file': async () => {
    env = { DATABASE_URL: sqliteFile() }
    return killInstance
  },
  ...(available('redis') && {
    'an instance, on Redis': async () => {
      await startRedisWith('always')
      return killInstance
    },
    'Redis, appendfsync always': async () => {
      const redis = await startRedisWith('always')
      return () => killDatabase(redis)
    },
  }),
  ...(available('postgres') && { PostgreSQL: () => startSql(startPostgres) }),
  // It takes its time to start; every run of the suite has no such time.
  ...(IS_FULL && available('mariadb') && { MariaDB: () => startSql(startMariadb) }),
}

test.each(Object.keys(VICTIMS))(
  'kill -9 of %s: every acknowledged login is there, no ended session is back',
  async name => {
    const kill = (await VICTIMS[name]?.()) as () => Promise<void>
    for (let i = 0; i < 2; i++) instances.push(await startInstance())
    const ledger = startLedger(balancer.url, simulator)
    for (let round = 0; round < ROUNDS; round++) {
      // Under way again, and then anywhere in the middle of it.
      const before = ledger.logins
      while (ledger.logins < before + 25) await sleep(5)
      await sleep(Math.random() * 150)
      await kill()
    }
    await ledger.stop()
    const { logins, logouts, complaints } = ledger
    const outcome = await ledger.audit()
    process.stderr.write(
      `\nkill -9 of ${name}, ${ROUNDS} times: ${logins} logins and ${logouts} log-outs were acknowledged, ${outcome.lostLogins} and ${outcome.endedButBack} of them do not hold\n`,
    )
    expect(complaints).toEqual([])
    expect(outcome).toEqual({ lostLogins: 0, endedButBack: 0 })
    expect(logouts).toBeGreaterThan(ROUNDS * 5)
  },
  120_000 + ROUNDS * 20_000,
)
