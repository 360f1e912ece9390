import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommandLine } from '../../src/cli/program'
import { runCommand } from '../support/command-line'
import { type ServerProcess, startServer } from '../support/server-process'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
let server: ServerProcess
beforeAll(async () => {
  server = await startServer({ LOG_FORMAT: 'json' }, folder.path)
})
afterAll(async () => {
  await server.stop()
  folder.remove()
})

const users = (...args: string[]) => runCommand(['users', ...args], { cwd: folder.path })

async function post(path: string, body: object, token?: string) {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
  return (await answer.json()) as Record<string, string>
}

let logins = 0
async function logIn(name: string) {
  const { token = '' } = await post('/login', { code: `sim-${name}-${++logins}` })
  const { id = '' } = await post('/checklogin', { token }).then(async () => {
    const me = await fetch(`${server.url}/me`, { headers: { Authorization: `Bearer ${token}` } })
    return (await me.json()) as Record<string, string>
  })
  return { token, id }
}

const isLoggedIn = async (token: string) => (await post('/checklogin', { token })).is_login

describe('beside a running server', () => {
  test('show finds a user by id, openid and phone number, and prints data alone', async () => {
    const { token, id } = await logIn('ann')
    await post('/phone', { code: 'simphone-ann-1' }, token)
    const byId = await users('show', id, '--json')
    expect(byId).toMatchObject({ code: 0, err: '' })
    const [user] = JSON.parse(byId.out).users
    expect(user).toMatchObject({ id, appid: 'wx0000000000000000', disabled_at: null })
    expect(byId.out).not.toMatch(/session_key|sealed|proof/)

    const byOpenid = await users('show', '--openid', user.openid)
    expect(byOpenid.out).toContain(id)
    const elsewhere = await users('show', '--openid', user.openid, '--appid', 'wx1')
    expect(elsewhere).toMatchObject({ code: 1, out: '' })
    expect(JSON.parse((await users('show', '--phone', user.phone_number, '--json')).out)).toEqual({
      users: [user],
    })
  })

  test('list prints everybody, a line each or as JSON', async () => {
    const { id } = await logIn('lisa')
    const rows = (await users('list')).out.trim().split('\n')
    expect(rows.some(row => row.startsWith(`${id}  wx0000000000000000  active`))).toBe(true)
    expect(JSON.parse((await users('list', '--json')).out).users).toHaveLength(rows.length)
  })

  test('list takes a search, too, and finding nobody is exit 1', async () => {
    const { id } = await logIn('mia')
    const { openid } = JSON.parse((await users('show', id, '--json')).out).users[0]
    expect((await users('list', '--openid', openid)).out).toMatch(new RegExp(`^${id}  .*\n$`))
    expect(await users('list', '--phone', '13800000000')).toMatchObject({ code: 1, out: '' })
    expect((await users('list', '--appid', 'wx1')).code).toBe(2)
  })

  test.each([
    ['erase', 0, []],
    ['no', 1, ['the user']],
  ])('a person at a terminal is asked before an erase: %s', async (answer, code, left) => {
    const { id } = await logIn(`gus-${answer}`)
    const asked: string[] = []
    const terminal = {
      print() {},
      say() {},
      isInteractive: true,
      hasColours: false,
      ask: async (question: string) => {
        asked.push(question)
        return answer
      },
    }
    process.env.DATABASE_URL = `sqlite:${folder.path}/data/login.db`
    expect(await runCommandLine(['users', 'erase', id], terminal)).toBe(code)
    delete process.env.DATABASE_URL
    expect(asked).toHaveLength(1)
    expect((await users('show', id)).out === '' ? [] : ['the user']).toEqual(left)
  })

  test('sessions lists those that run, and logout ends them at the server', async () => {
    const { token, id } = await logIn('bob')
    const { sessions } = JSON.parse((await users('sessions', id, '--json')).out)
    expect(sessions).toEqual([
      {
        user_id: id,
        id: expect.stringMatching(/^[\w-]{12}$/),
        created_at: expect.stringContaining('T'),
        expires_at: expect.stringContaining('T'),
      },
    ])
    const { code, out, err } = await users('logout', id)
    expect({ code, out }).toEqual({ code: 0, out: `${id}  logged out\n` })
    expect(err).toContain(`session.ended outcome=success reason=logout`)
    expect(await isLoggedIn(token)).toBe(false)
  })

  test('disable ends sessions and refuses logins, enable undoes it, both are audited', async () => {
    const { token, id } = await logIn('carl')
    const disabled = await users('disable', id, '--reason', 'stolen phone')
    expect(disabled.err).toContain(`user.disabled outcome=success user=${id}`)
    expect(disabled.err).not.toContain('stolen phone')
    expect(await isLoggedIn(token)).toBe(false)
    expect(await post('/login', { code: 'sim-carl-99' })).toMatchObject({ error: 'user_disabled' })
    expect((await users('show', id)).out).toContain('disabled_reason stolen phone')
    expect((await users('enable', id)).err).toContain('user.enabled')
    expect((await logIn('carl')).id).toBe(id)
  })

  test('export gives all that is kept of the person, and no session_key', async () => {
    const { id } = await logIn('eve')
    const { code, out, err } = await users('export', id)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(JSON.parse(out).users).toEqual([
      { user: expect.objectContaining({ id }), sessions: [expect.any(Object)] },
    ])
    expect(out).not.toMatch(/session_key|sealed|proof/)
  })

  test('erase wants --yes where nobody can be asked, and then leaves nothing', async () => {
    const { token, id } = await logIn('fay')
    expect(await users('erase', id)).toMatchObject({ code: 2, out: '' })
    expect((await users('show', id)).code).toBe(0)
    const { code, out, err } = await users('erase', id, '--yes', '--json')
    expect({ code, out: JSON.parse(out) }).toEqual({
      code: 0,
      out: { changed: [{ id, done: true }] },
    })
    expect(err).toContain('user.erased')
    expect(await isLoggedIn(token)).toBe(false)
    expect(await users('show', id)).toMatchObject({ code: 1, out: '' })
  })
})

test.each([
  ['show', ['AAAAAAAAAAAAAAAAAAAAAA']],
  ['show', ['-AAAAAAAAAAAAAAAAAAAAA']],
  ['logout', ['AAAAAAAAAAAAAAAAAAAAAA']],
  ['export', ['--phone', '13800000000']],
])('users %s %j finds nobody: exit 1', async (name, args) => {
  expect((await users(name, ...args)).code).toBe(1)
})

test.each([
  ['show', []],
  ['show', ['AAAAAAAAAAAAAAAAAAAAAA', '--phone', '1']],
  ['show', ['--appid', 'wx1', 'AAAAAAAAAAAAAAAAAAAAAA']],
  ['show', ['--jsno', 'AAAAAAAAAAAAAAAAAAAAAA']],
  ['disable', ['AAAAAAAAAAAAAAAAAAAAAA', '--reason', 'x'.repeat(201)]],
])('users %s %j is wrong usage: exit 2', async (name, args) => {
  expect(await users(name, ...args)).toMatchObject({ code: 2, out: '' })
})

test('a folder without a database is said, and no database is made', async () => {
  const other = temporaryFolder()
  const { code, err } = await runCommand(['users', 'list'], { cwd: other.path })
  expect(code).toBe(1)
  expect(err).toContain('DATABASE_URL: names the file ./data/login.db, which is not there')
  expect((await runCommand(['users', 'list'], { cwd: other.path })).code).toBe(1)
  other.remove()
})

test('settings that cannot be used are all told, and no value is', async () => {
  const other = temporaryFolder()
  mkdirSync(join(other.path, 'data'))
  writeFileSync(join(other.path, '.env'), 'JWT_SECRET=hunter2hunter2\nPORT=x\n')
  const { code, err } = await runCommand(['users', 'list'], { cwd: other.path })
  expect(code).toBe(1)
  expect(err).toContain('JWT_SECRET')
  expect(err).toContain('PORT')
  expect(err).not.toContain('hunter2')
  other.remove()
})
