import { join } from 'node:path'
import { createSimulator } from '../../src/simulator/index'
import { startBalancer } from '../support/balancer'
import { createClient } from '../support/client'
import { available } from '../support/databases'
import { type ServerProcess, startServer } from '../support/server-process'
import { JWT_SECRET, OTHER_APP, OTHER_JWT_SECRET } from '../support/service'
import { sharedDatabase } from '../support/shared-servers/database'
import { temporaryFolder } from '../support/temporary'
import { login, startUsers } from '../support/users'

interface Backend {
  env: NodeJS.ProcessEnv
  /** Processes of each instance. */
  workers: readonly number[]
}

const BACKENDS: Record<string, (folder: string) => Promise<Backend>> = {
  SQLite: async folder => ({
    env: { DATABASE_URL: `sqlite:${join(folder, 'login.db')}` },
    workers: [1, 2],
  }),
  ...(available('postgres') &&
    available('redis') && {
      'PostgreSQL and Redis': async () => {
        const [postgres, redis] = await Promise.all([
          sharedDatabase('postgres'),
          sharedDatabase('redis'),
        ])
        return {
          env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url },
          workers: [1, 1],
        }
      },
    }),
}

/** Two instances behind a balancer, which are restarted one after the other. */
async function startInstances({ env, workers }: Backend, folder: string) {
  const simulator = createSimulator({ apps: { [OTHER_APP.appid]: OTHER_APP.secret } })
  await simulator.listen()
  const balancer = await startBalancer()
  const instances: ServerProcess[] = []
  const exits: (number | null)[] = []

  async function start(i: number, secrets: NodeJS.ProcessEnv): Promise<void> {
    const settings = {
      NODE_ENV: 'production',
      WX_APPID: OTHER_APP.appid,
      WX_SECRET: OTHER_APP.secret,
      WX_API_BASE_URL: simulator.url,
      RATE_LIMIT: 'off',
      WORKERS: String(workers[i]),
      PRESTOP_MS: '1500',
    }
    const instance = await startServer({ ...settings, ...env, ...secrets }, folder)
    instances[i] = instance
    await balancer.add(instance.url)
  }

  return {
    simulator,
    url: balancer.url,
    /** How each process ended that was told to stop. */
    exits,
    start,
    /** One after the other: SIGTERM, wait for its end, start it again as told. */
    async restartEach(secrets: NodeJS.ProcessEnv): Promise<void> {
      for (const [i, old] of instances.entries()) {
        exits.push(await old.stop('SIGTERM'))
        await balancer.whenOut(old.url)
        await start(i, secrets)
      }
    },
    async close() {
      await balancer.close()
      await Promise.all(instances.map(instance => instance.stop('SIGKILL')))
      await simulator.close()
    },
  }
}

// At the same time, for most of it is waiting until load balancers have looked elsewhere.
test.concurrent.each(Object.keys(BACKENDS))(
  'on %s, restarts and a rotation of JWT_SECRET in three steps lose no request and log nobody out',
  async kind => {
    const folder = temporaryFolder()
    const backend = (await BACKENDS[kind]?.(folder.path)) as Backend
    const { simulator, url, exits, start, restartEach, close } = await startInstances(
      backend,
      folder.path,
    )
    const client = createClient(url)
    try {
      for (const i of [0, 1]) await start(i, { JWT_SECRET })
      const silent = String((await login(client, simulator, 'silent')).body.token)
      const users = startUsers(url, simulator, 12)

      await restartEach({ JWT_SECRET, JWT_SECRET_PREVIOUS: OTHER_JWT_SECRET })
      await restartEach({ JWT_SECRET: OTHER_JWT_SECRET, JWT_SECRET_PREVIOUS: JWT_SECRET })
      const answer = await client.ask('GET', '/checklogin', { token: silent })
      const renewed = await client.ask('POST', '/refresh', { token: silent })
      await restartEach({ JWT_SECRET: OTHER_JWT_SECRET })
      const later = await client.ask('POST', '/refresh', { token: String(renewed.body.token) })
      await users.stop()

      expect(users.complaints).toEqual([])
      expect(exits).toEqual(Array(6).fill(0))
      expect([answer.body.is_login, renewed.status, later.status]).toEqual([true, 200, 200])
      expect(users.count()).toBeGreaterThan(200)
      process.stderr.write(`\n${kind}: ${users.count()} requests over 6 restarts\n`)
    } finally {
      client.close()
      await close()
      folder.remove()
    }
  },
  600_000,
)
