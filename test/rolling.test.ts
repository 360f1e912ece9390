import { join } from 'node:path'
import { createSimulator, type Simulator } from '../src/simulator/index'
import { type Balancer, startBalancer } from './support/balancer'
import { createClient } from './support/client'
import { available, startPostgres, startRedis } from './support/databases'
import { type ServerProcess, startServer } from './support/server-process'
import { JWT_SECRET, OTHER_APP, OTHER_JWT_SECRET } from './support/service'
import { temporaryFolder } from './support/temporary'
import { login, startUsers } from './support/users'

interface Backend {
  env: NodeJS.ProcessEnv
  /** Processes of each instance. */
  workers: readonly number[]
  remove(): Promise<void>
}

const BACKENDS: Record<string, (folder: string) => Promise<Backend>> = {
  SQLite: async folder => ({
    env: { DATABASE_URL: `sqlite:${join(folder, 'login.db')}` },
    workers: [1, 2],
    async remove() {},
  }),
  ...(available('postgres') &&
    available('redis') && {
      'PostgreSQL and Redis': async () => {
        const [postgres, redis] = await Promise.all([startPostgres(), startRedis()])
        return {
          env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url },
          workers: [1, 1],
          remove: async () => void (await Promise.all([postgres.remove(), redis.remove()])),
        }
      },
    }),
}

describe.each(Object.keys(BACKENDS))('two instances behind a balancer, on %s', kind => {
  const folder = temporaryFolder()
  let backend: Backend
  let simulator: Simulator
  let balancer: Balancer
  const instances: ServerProcess[] = []
  const exits: (number | null)[] = []

  beforeAll(async () => {
    backend = (await BACKENDS[kind]?.(folder.path)) as Backend
    simulator = createSimulator({ apps: { [OTHER_APP.appid]: OTHER_APP.secret } })
    await simulator.listen()
    balancer = await startBalancer()
    for (const i of [0, 1]) instances.push(await start(i, { JWT_SECRET }))
    for (const { url } of instances) await balancer.add(url)
  }, 60_000)
  afterAll(async () => {
    await balancer.close()
    await Promise.all(instances.map(instance => instance.stop('SIGKILL')))
    await simulator.close()
    await backend.remove()
    folder.remove()
  })

  const start = (i: number, secrets: NodeJS.ProcessEnv) =>
    startServer(
      {
        NODE_ENV: 'production',
        WX_APPID: OTHER_APP.appid,
        WX_SECRET: OTHER_APP.secret,
        WX_API_BASE_URL: simulator.url,
        RATE_LIMIT: 'off',
        WORKERS: String(backend.workers[i]),
        PRESTOP_MS: '300',
        ...backend.env,
        ...secrets,
      },
      folder.path,
    )

  /** One after the other: SIGTERM, wait for its end, start it again as told. */
  async function restartEach(secrets: NodeJS.ProcessEnv): Promise<void> {
    for (const [i, old] of instances.entries()) {
      exits.push(await old.stop('SIGTERM'))
      await balancer.whenOut(old.url)
      const fresh = await start(i, secrets)
      instances[i] = fresh
      await balancer.add(fresh.url)
    }
  }

  test('restarts and a rotation of JWT_SECRET in three steps lose no request and log nobody out', async () => {
    const client = createClient(balancer.url)
    const silent = String((await login(client, simulator, 'silent')).body.token)
    const users = startUsers(balancer.url, simulator, 12)

    await restartEach({ JWT_SECRET, JWT_SECRET_PREVIOUS: OTHER_JWT_SECRET })
    await restartEach({ JWT_SECRET: OTHER_JWT_SECRET, JWT_SECRET_PREVIOUS: JWT_SECRET })
    const answer = await client.ask('GET', '/checklogin', { token: silent })
    const renewed = await client.ask('POST', '/refresh', { token: silent })
    await restartEach({ JWT_SECRET: OTHER_JWT_SECRET })
    const later = await client.ask('POST', '/refresh', { token: String(renewed.body.token) })
    await users.stop()
    client.close()

    expect(users.complaints).toEqual([])
    expect(exits).toEqual(Array(6).fill(0))
    expect([answer.body.is_login, renewed.status, later.status]).toEqual([true, 200, 200])
    expect(users.count()).toBeGreaterThan(500)
    process.stderr.write(`\n${kind}: ${users.count()} requests over 6 restarts\n`)
  }, 60_000)
})
