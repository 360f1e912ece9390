import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Express } from 'express'
import { createLogin, type Login, LoginError } from '../../src/index'
import { quiet } from '../support/quiet'
import { JWT_SECRET, type Service, startService } from '../support/service'

const text = readFileSync(join(__dirname, '../../docs/library.md'), 'utf8')

/** The block of TypeScript that begins with this text. What stands in this page has no types. */
function block(begins: string): string {
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => String(code))
  return String(blocks.find(code => code.startsWith(begins)))
}

/** Runs a block with the names that its reader has around it. */
function run(code: string, given: Readonly<Record<string, unknown>>): unknown {
  return new Function(...Object.keys(given), code)(...Object.values(given))
}

describe('the examples of docs/library.md', () => {
  let service: Service
  beforeAll(async () => {
    const orders = {
      of: (userId: string) => ({ of: userId }),
      find: async (id: string) => ({ id }),
    }
    const feed = { for: (userId: unknown) => ({ for: userId ?? 'nobody' }) }
    const mayRead = async ({ params }: { params: { id: string } }) => params.id !== 'secret'
    const routes = (app: Express, login: Login) => {
      const around = { app, login, orders, feed, mayRead, LoginError }
      run(block("app.get('/orders', login.required"), around)
      run(block("app.get('/orders/:id'"), around)
    }
    service = await startService({ host: 'Express 5, mounted', routes })
  })
  afterAll(() => service.close())

  test('guards: required, and optional for nobody and for somebody', async () => {
    const { token } = await service.logIn()
    const { body } = await service.http.get('/orders').set({ token }).expect(200)
    expect(body).toEqual({ of: expect.any(String) })
    expect((await service.http.get('/feed').expect(200)).body).toEqual({ for: 'nobody' })
    const mine = await service.http.get('/feed').set({ token }).expect(200)
    expect(mine.body).toEqual({ for: body.of })
  })

  test('the error handler answers the LoginError that an async route throws', async () => {
    const { token } = await service.logIn()
    const { body } = await service.http.get('/orders/7').set({ token }).expect(200)
    expect(body).toEqual({ id: '7' })
    const refused = await service.http.get('/orders/secret').set({ token }).expect(403)
    expect(refused.body.error).toBe('login_refused')
  })

  test('the hooks refuse a stranger, and write a row of the host’s own', async () => {
    const { simulator } = service
    simulator.mintCode({ user: 'staff' })
    const staff = new Set([simulator.user('staff').openid])
    const rows: unknown[] = []
    const db = { query: async (_sql: string, values: unknown[]) => void rows.push(values) }
    const settings = {
      apps: { wx0000000000000000: '5117a7ed5ec7e70005117a7ed5ec7e70' },
      ...{ jwtSecret: JWT_SECRET, database: 'memory:', wxApiBaseUrl: simulator.url },
      log: quiet.log,
    }
    const code = block('const login')
      .replace('…,', '...settings,')
      .replace('const login =', 'return')
    const around = { createLogin, LoginError, staff, db, settings }
    const login = (await run(`return (async () => {${code}})()`, around)) as Login
    const { userId } = await login.logIn({ code: simulator.mintCode({ user: 'staff' }) })
    expect(rows).toEqual([[userId]])
    const stranger = login.logIn({ code: simulator.mintCode({ user: 'stranger' }) })
    await expect(stranger).rejects.toMatchObject({ code: 'login_refused' })
    await login.close()
  })
})
