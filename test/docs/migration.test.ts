import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sign } from 'jsonwebtoken'
import { createLogin, type LoginOptions } from '../../src/index'
import { quiet } from '../support/quiet'
import { OTHER_JWT_SECRET } from '../support/secrets'
import { JWT_SECRET, type Service, startService } from '../support/service'

const text = readFileSync(join(__dirname, '../../docs/migration.md'), 'utf8')

/** The block of code that begins with this line. */
function block(begins: string): string {
  const blocks = [...text.matchAll(/```(?:js|ts)\n([\s\S]*?)```/g)].map(([, code]) => String(code))
  return String(blocks.find(code => code.startsWith(begins)))
}

interface Answer {
  readonly statusCode: number
  readonly data: Readonly<Record<string, unknown>>
}
interface Asked {
  url: string
  method?: string
  data?: Readonly<Record<string, string>>
  header?: Record<string, string>
  success(answer: Answer): void
}

/** What the old clients use of `wx`, over HTTP. `settled` waits for all that is under way. */
function phone(service: Service, storage: Record<string, string> = {}) {
  const under: Promise<void>[] = []
  const send = async ({ url, method = 'GET', data = {}, header, success }: Asked) => {
    const isGet = method === 'GET'
    const answer = await fetch(isGet ? `${url}?${new URLSearchParams(data)}` : url, {
      method,
      headers: { ...header, ...(!isGet && { 'Content-Type': 'application/json' }) },
      ...(!isGet && { body: JSON.stringify(data) }),
    })
    success({ statusCode: answer.status, data: (await answer.json()) as Answer['data'] })
  }
  const wx = {
    login: ({ success }: { success(result: { code: string }): void }) =>
      success({ code: service.simulator.mintCode() }),
    request: (asked: Asked) => void under.push(send(asked)),
    setStorageSync: (name: string, value: string) => {
      storage[name] = value
    },
    getStorageSync: (name: string) => storage[name] ?? '',
  }
  async function settled(): Promise<void> {
    for (let next = under.shift(); next; next = under.shift()) await next
  }
  /** Runs a client's program, and then perhaps more in its scope. */
  async function run(program: string, more = '', given: object = {}): Promise<void> {
    const names = { wx, BASE: `http://127.0.0.1:${service.port}`, ...given }
    new Function(...Object.keys(names), `${program}\n${more}`)(...Object.values(names))
    await settled()
  }
  return { run, storage }
}

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const statusWith = async (token = '') => (await service.http.get('/me').set({ token })).status
/** As the tutorials' servers sign. */
const OLD_TOKEN = sign({ openid: 'o1', session_key: 'k1' }, OTHER_JWT_SECRET, { expiresIn: 7200 })

describe.each([
  ['启动时 / at', 'GET /auth + POST /isAuth'],
  ['先问，再登录 / ask', 'POST /login + /checklogin'],
])('the client that begins with %j (%s)', begins => {
  const program = block(`// ${begins}`)

  test('logs in unchanged, and keeps a token that holds', async () => {
    const { run, storage } = phone(service)
    await run(program)
    expect(await statusWith(storage.token)).toBe(200)
    const { token } = storage
    await run(program)
    expect(storage.token).toBe(token)
  })

  test('replaces a token of the old server by itself', async () => {
    const { run, storage } = phone(service, { token: OLD_TOKEN })
    expect(await statusWith(OLD_TOKEN)).toBe(401)
    await run(program)
    expect(await statusWith(storage.token)).toBe(200)
  })
})

describe('the client of POST /wx/onlogin', () => {
  const program = block('// 登录后')

  test.each(['', 'abcd0123'.repeat(4)])(
    'logs in unchanged with the sessionid %j, and its request is answered',
    async sessionid => {
      const { run, storage } = phone(service, { sessionid })
      const answers: Answer[] = []
      const success = (answer: Answer) => void answers.push(answer)
      await run(program, "request({ url: BASE + '/me', success })", { success })
      expect(answers).toEqual([expect.objectContaining({ statusCode: 200 })])
      expect(storage.sessionid).not.toBe(sessionid)
    },
  )
})

test('the hook writes the new user id beside the openid of the old table', async () => {
  const asked: unknown[][] = []
  const db = { query: (sql: string, values: unknown[]) => void asked.push([sql, ...values]) }
  const settings: LoginOptions = {
    apps: { wx0000000000000000: '5117a7ed5ec7e70005117a7ed5ec7e70' },
    jwtSecret: JWT_SECRET,
    database: 'memory:',
    wxApiBaseUrl: service.simulator.url,
    log: quiet.log,
  }
  const code = block('const login').replace('…,', '...settings,').replace('const login =', 'return')
  const run = new Function('createLogin', 'settings', 'db', `return (async () => {${code}})()`)
  const login = await run(createLogin, settings, db)
  const { userId } = await login.logIn({ code: service.simulator.mintCode({ user: 'old' }) })
  const { openid } = service.simulator.user('old')
  expect(asked).toEqual([[expect.stringContaining('openid = ?'), userId, openid]])
  await login.close()
})
