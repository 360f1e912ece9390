import { join } from 'node:path'
import { createSimulator, type Simulator } from '../../src/simulator/index'
import { openSqlite, type SqliteDatabase } from '../../src/store/sqlite/binding'
import { type Client, createClient } from '../support/client'
import { runCommand } from '../support/command-line'
import { type ServerProcess, startServer } from '../support/server-process'
import { JWT_SECRET, OTHER_APP } from '../support/service'
import { temporaryFolder } from '../support/temporary'
import { login, startUsers, type Users } from '../support/users'

const ROUNDS = 60

/**
 * Two processes on one SQLite file remember sessions, while people come, check and go. Whoever ends
 * a session, and wherever, the next check is refused.
 */
describe('two processes that remember the sessions of one SQLite file', () => {
  const folder = temporaryFolder()
  const file = join(folder.path, 'login.db')
  let simulator: Simulator
  let env: NodeJS.ProcessEnv
  const servers: ServerProcess[] = []
  const clients: Client[] = []
  const crowd: Users[] = []
  let shell: SqliteDatabase

  beforeAll(async () => {
    simulator = createSimulator({ apps: { [OTHER_APP.appid]: OTHER_APP.secret } })
    env = {
      WX_APPID: OTHER_APP.appid,
      WX_SECRET: OTHER_APP.secret,
      WX_API_BASE_URL: await simulator.listen(),
      DATABASE_URL: `sqlite:${file}`,
      JWT_SECRET,
      RATE_LIMIT: 'off',
      LOG_FORMAT: 'json',
    }
    const start = () => startServer(env, folder.path)
    servers.push(...(await Promise.all([start(), start()])))
    clients.push(...servers.map(({ url }) => createClient(url)))
    crowd.push(...servers.map(({ url }) => startUsers(url, simulator, 8)))
    shell = openSqlite(file, { busyTimeoutMs: 5000, cacheKib: 1000 })
  })
  afterAll(async () => {
    await Promise.all(crowd.map(each => each.stop()))
    shell.close()
    for (const each of clients) each.close()
    await Promise.all(servers.map(server => server.stop('SIGKILL')))
    await simulator.close()
    folder.remove()
  })

  const checkAt = (i: number, token: string) =>
    clients[i]?.ask('GET', '/checklogin', { token }).then(({ body }) => body.is_login)
  const checkEverywhere = (token: string) => Promise.all([checkAt(0, token), checkAt(1, token)])

  /** A session that both have seen twice. */
  async function remembered(user: string) {
    const { body } = await login(clients[0] as Client, simulator, user)
    const token = String(body.token)
    const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
    for (let i = 0; i < 2; i++) expect(await checkEverywhere(token)).toEqual([true, true])
    return { token, userId: String(JSON.parse(claims).sub) }
  }

  test.each(['the one', 'the other'])('a log-out at %s is refused by both at once', async which => {
    const at = which === 'the one' ? 0 : 1
    for (let round = 0; round < ROUNDS; round++) {
      const { token } = await remembered(`guest-${at}-${round}`)
      expect((await clients[at]?.ask('POST', '/logout', { token }))?.status).toBe(200)
      expect(await checkEverywhere(token)).toEqual([false, false])
    }
  })

  test('a person at the sqlite3 shell who deletes a session or a user is obeyed at once', async () => {
    shell.exec('pragma foreign_keys = off')
    for (let round = 0; round < ROUNDS; round++) {
      const { token, userId } = await remembered(`deleted-${round}`)
      const [table, column] = round % 2 ? ['mpl_sessions', 'user_id'] : ['mpl_users', 'id']
      shell.exec(`delete from ${table} where ${column} = '${userId}'`)
      expect(await checkEverywhere(token)).toEqual([false, false])
    }
  })

  test('users logout and users disable at the command line are obeyed at once', async () => {
    for (const act of ['logout', 'disable']) {
      const { token, userId } = await remembered(act)
      const { code } = await runCommand(['users', act, userId], { cwd: folder.path, env })
      expect(code).toBe(0)
      expect(await checkEverywhere(token)).toEqual([false, false])
    }
  })

  test('meanwhile nobody else was logged out, and no log-out was overlooked', () => {
    expect(crowd.flatMap(({ complaints }) => complaints)).toEqual([])
    for (const { count } of crowd) expect(count()).toBeGreaterThan(50)
  })
})
