import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSimulator, type Simulator } from '../../src/simulator/index'
import { type Answer, type Client, createClient } from '../support/client'
import { available } from '../support/databases'
import { type Gate, startGate } from '../support/gate'
import { type ServerProcess, startServer } from '../support/server-process'
import { JWT_SECRET, OTHER_APP, OTHER_JWT_SECRET } from '../support/service'
import { sharedDatabase } from '../support/shared-servers/database'
import { temporaryFolder } from '../support/temporary'
import { login } from '../support/users'

const sqlite = (folder: string) => `sqlite:${join(folder, 'login.db')}`
const BACKENDS: Record<string, (folder: string) => Promise<NodeJS.ProcessEnv>> = {
  SQLite: async folder => ({ DATABASE_URL: sqlite(folder) }),
  ...(available('postgres') && {
    PostgreSQL: async () => ({ DATABASE_URL: (await sharedDatabase('postgres')).url }),
  }),
  ...(available('mariadb') && {
    MariaDB: async () => ({ DATABASE_URL: (await sharedDatabase('mariadb')).url }),
  }),
  ...(available('redis') && {
    Redis: async folder => ({
      DATABASE_URL: sqlite(folder),
      REDIS_URL: (await sharedDatabase('redis')).url,
    }),
  }),
}

describe.each(Object.keys(BACKENDS))('two processes on %s', kind => {
  const folder = temporaryFolder()
  let simulator: Simulator
  let gate: Gate
  const servers: ServerProcess[] = []
  const clients: Client[] = []
  const client = (i: number) => clients[i % 2] as Client

  beforeAll(async () => {
    const backend = await BACKENDS[kind]?.(folder.path)
    simulator = createSimulator({ apps: { [OTHER_APP.appid]: OTHER_APP.secret } })
    gate = await startGate(await simulator.listen())
    // In the middle of a rotation: each seals anew what the other one has sealed.
    const secrets = [JWT_SECRET, OTHER_JWT_SECRET]
    const start = (i: number) =>
      startServer(
        {
          WX_APPID: OTHER_APP.appid,
          WX_SECRET: OTHER_APP.secret,
          WX_API_BASE_URL: gate.url,
          RATE_LIMIT: 'off',
          LOG_FORMAT: 'json',
          JWT_SECRET: secrets[i],
          JWT_SECRET_PREVIOUS: secrets[1 - i],
          ...backend,
        },
        folder.path,
      )
    servers.push(...(await Promise.all([start(0), start(1)])))
    clients.push(...servers.map(({ url }) => createClient(url)))
  })
  afterAll(async () => {
    for (const each of clients) each.close()
    await Promise.all(servers.map(server => server.stop('SIGKILL')))
    await gate.close()
    await simulator.close()
    folder.remove()
  })

  const isLogin = async (i: number, token: string) =>
    (await client(i).ask('GET', '/checklogin', { token })).body.is_login
  const statuses = (answers: readonly Answer[]) => [...new Set(answers.map(a => a.status))]
  const claimOf = (answer: Answer, name: 'sub' | 'sid'): string =>
    JSON.parse(Buffer.from(String(answer.body.token).split('.')[1] ?? '', 'base64url').toString())[
      name
    ]

  /**
   * Resolves when all that was asked before has come to the store: a store takes its calls in order,
   * and these 400 came later. On a busy machine they take as much longer as the others do.
   */
  async function passBy(token: string): Promise<void> {
    for (let round = 0; round < 8; round++) {
      const body = { nickname: `round ${round}` }
      const changes = Array.from({ length: 50 }, (_, i) =>
        client(i).ask('PUT', '/me', { token, body }),
      )
      expect(statuses(await Promise.all(changes))).toEqual([200])
    }
  }

  test('50 first logins of one person at once make one user, one of them is new, ten sessions stay', async () => {
    gate.hold(50)
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => login(client(i), simulator, 'newcomer')),
    )
    expect(statuses(answers)).toEqual([200])
    expect(answers.filter(({ body }) => body.is_new_user)).toHaveLength(1)
    expect(new Set(answers.map(answer => claimOf(answer, 'sub'))).size).toBe(1)
    const held = await Promise.all(answers.map(({ body }, i) => isLogin(i, String(body.token))))
    expect(held.filter(Boolean)).toHaveLength(10)
  })

  test('50 callers of one code at once share one upstream call and one session', async () => {
    const bystander = String((await login(client(0), simulator, 'bystander')).body.token)
    simulator.reset()
    const code = simulator.mintCode()
    gate.hold(Number.POSITIVE_INFINITY)
    // Another key each, so that none may join another before the store was asked.
    const calls = Array.from({ length: 50 }, (_, i) =>
      client(i).ask('POST', '/login', { body: { code }, headers: { 'Idempotency-Key': `${i}` } }),
    )
    await gate.whenHeld(1)
    await passBy(bystander).finally(gate.open)
    const answers = await Promise.all(calls)
    expect(statuses(answers)).toEqual([200])
    expect(simulator.calls).toHaveLength(1)
    expect(new Set(answers.map(answer => claimOf(answer, 'sid'))).size).toBe(1)
  })

  test('whatever a renewal brings while the session is being ended, it opens nothing afterwards', async () => {
    for (let round = 0; round < 8; round++) {
      const first = await login(client(round), simulator, 'leaver')
      const tokens = [String(first.body.token)]
      const renewUntilRefused = async (i: number) => {
        for (let tries = 0; tries < 300; tries++) {
          const answer = await client(i).ask('POST', '/refresh', { token: String(tokens[0]) })
          if (answer.status !== 200) return `${answer.status} ${answer.body.error}`
          tokens.push(String(answer.body.token))
        }
        return 'never refused'
      }
      const renewals = Promise.all([0, 1, 0, 1].map(renewUntilRefused))
      while (tokens.length < 2) await sleep(1)
      const token = tokens[0]
      const logout = await client(Math.floor(round / 2)).ask('POST', '/logout', { token })
      expect(logout.status).toBe(200)
      expect(await renewals).toEqual(Array(4).fill('401 session_ended'))
      for (const each of tokens) {
        expect([await isLogin(0, each), await isLogin(1, each)]).toEqual([false, false])
      }
    }
  })
})
