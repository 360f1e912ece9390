import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { ERRORS } from '../../src/errors'
import { TRANSPORT_FAULTS } from '../../src/simulator/index'
import { type InProcess, startInProcess } from '../support/running-server'

const FOLDER = join(__dirname, '../../src/playground/page')

/** What a script of the page's kind gives: jest itself loads no such modules. */
function inNode<T>(script: string): T {
  const imports = (name: string) => pathToFileURL(join(FOLDER, `${name}.mjs`)).href
  const text = script.replaceAll(/'page:(.+?)'/g, (_, name) => `'${imports(name)}'`)
  const args = ['--input-type=module', '-e', `${text}; process.stdout.write(JSON.stringify(out))`]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as T
}

test('the page has a button for every fault that the simulator has a name for, and no other', () => {
  const { named, common } = inNode<{ named: string[]; common: { transport?: string }[] }>(
    `import { COMMON, NAMED } from 'page:faults'
     const out = { named: NAMED, common: COMMON.map(({ fault }) => fault) }`,
  )
  expect([...named].sort()).toEqual(Object.keys(TRANSPORT_FAULTS).sort())
  const transports = common.flatMap(({ transport }) => transport ?? [])
  expect(transports.filter(name => !named.includes(name))).toEqual([])
})

describe('words', () => {
  const { zh, en } = inNode<{ zh: string[]; en: string[] }>(
    `import { ZH } from 'page:words-zh'
     import { EN } from 'page:words-en'
     const keys = (words, path = '') => Object.entries(words).flatMap(([name, value]) =>
       typeof value === 'string' ? [path + name] : keys(value, path + name + '.'))
     const out = { zh: keys(ZH), en: keys(EN) }`,
  )

  test('are the same ones in both languages', () => {
    expect(en).toEqual(zh)
    expect(zh.length).toBeGreaterThan(100)
  })

  test('say what to do for every action of an error', () => {
    const actions = new Set(Object.values(ERRORS).map(({ action }) => `action.${action}`))
    expect([...actions].filter(action => !zh.includes(action))).toEqual([])
  })
})

describe('a token taken apart', () => {
  const parts = (token: string) =>
    inNode<unknown>(
      `import { jwtParts } from 'page:jwt-parts'; const out = jwtParts(${JSON.stringify(token)}) ?? null`,
    )

  test('shows its header and its claims, letters outside of ASCII too', () => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const token = `${encode({ alg: 'HS256' })}.${encode({ sub: '小明>?' })}.sig`
    expect(parts(token)).toEqual({
      header: { alg: 'HS256' },
      payload: { sub: '小明>?' },
      signature: 'sig',
    })
  })

  test.each(['', 'a.b', 'a.b.c', '!.!.!'])('%j is none', token => {
    expect(parts(token)).toBeNull()
  })
})

describe('snippets', () => {
  const TOKEN = 'aaa.bbb.ccc'
  const requests = [
    { name: 'login', method: 'POST', path: '/login', sent: { code: 'CODE' } },
    { name: 'check', method: 'GET', path: '/checklogin', token: TOKEN },
    { name: 'me', method: 'GET', path: '/me', token: TOKEN },
    { name: 'rename', method: 'PUT', path: '/me', sent: { nickname: "It's 小明" }, token: TOKEN },
    { name: 'sessions', method: 'GET', path: '/sessions', token: TOKEN },
    { name: 'endSession', method: 'DELETE', path: '/sessions/abc', token: TOKEN },
    { name: 'phone', method: 'POST', path: '/phone', sent: { code: 'CODE' }, token: TOKEN },
    {
      name: 'decrypt',
      method: 'POST',
      path: '/decrypt',
      sent: { encryptedData: 'x', iv: 'y' },
      token: TOKEN,
    },
    { name: 'checkSession', method: 'POST', path: '/checksession', token: TOKEN },
    { name: 'tampered', method: 'GET', path: '/me', token: TOKEN },
    { name: 'refresh', method: 'POST', path: '/refresh', token: TOKEN },
    { name: 'logout', method: 'POST', path: '/logout', token: TOKEN },
    { name: 'logoutAll', method: 'POST', path: '/logout', sent: { all: true }, token: TOKEN },
  ]
  type Snippets = { curl: string; wx: string; sdk: string }
  let snippets: Snippets[]
  let server: InProcess
  beforeAll(async () => {
    const quiet = jest.spyOn(process.stderr, 'write').mockReturnValue(true)
    server = await startInProcess()
    quiet.mockRestore()
    snippets = inNode<Snippets[]>(
      `import { snippetsOf } from 'page:snippets'
       import { EN } from 'page:words-en'
       globalThis.location = { origin: ${JSON.stringify(server.url)} }
       const out = ${JSON.stringify(requests)}.map(request => snippetsOf(request, EN))`,
    )
  })
  afterAll(() => server.stop({ atOnce: true }))

  const logIn = async (): Promise<string> => {
    const body = JSON.stringify({ code: `sim-alice-${performance.now()}` })
    const headers = { 'Content-Type': 'application/json' }
    const answer = await fetch(`${server.url}/login`, { method: 'POST', headers, body })
    return ((await answer.json()) as { token: string }).token
  }

  test('every curl line does in a shell what the page did', async () => {
    for (const [i, { curl }] of snippets.entries()) {
      const line = curl.replace(TOKEN, await logIn()).replace('CODE', phoneOrLogin(i))
      const { stdout } = await promisify(execFile)('bash', [
        '-e',
        '-c',
        `${line} -w '\\n%{http_code}'`,
      ])
      const status = stdout.split('\n').at(-1)
      expect(`${requests[i]?.name} ${status}`).toBe(`${requests[i]?.name} ${EXPECTED[i]}`)
    }
  })

  const phoneOrLogin = (i: number) =>
    `${requests[i]?.name === 'phone' ? 'simphone' : 'sim'}-alice-${performance.now()}`
  /** No session has this id, and nothing could open that data. */
  const EXPECTED = [200, 200, 200, 200, 200, 404, 200, 400, 200, 200, 200, 200, 200]

  test('every wx.request asks for the same, by WeChat’s own API alone', () => {
    for (const [i, { wx }] of snippets.entries()) {
      const asked: { url?: string; method?: string; header?: object; data?: object }[] = []
      const stored = new Map([['token', TOKEN]])
      const platform = {
        login: ({ success }: { success(given: object): void }) => success({ code: 'CODE' }),
        request: (options: object) => void asked.push(options),
        getStorageSync: (name: string) => stored.get(name),
      }
      const e = { detail: { code: 'CODE', encryptedData: 'x', iv: 'y' } }
      new Function('wx', 'e', wx)(platform, e)
      const { path, method, sent, token } = requests[i] ?? {}
      expect(asked).toHaveLength(1)
      expect(asked[0]?.url).toBe(server.url + path)
      expect(asked[0]?.method ?? 'GET').toBe(method)
      expect(asked[0]?.data).toEqual(sent)
      expect(asked[0]?.header).toEqual(token && { Authorization: `Bearer ${TOKEN}` })
    }
  })

  test('every line of the SDK calls what the SDK has', () => {
    const { createClient } = require('../../client/miniprogram_dist')
    const client = createClient({ baseUrl: server.url, wx: { getStorageSync() {} } })
    const calls = snippets.flatMap(({ sdk }) => [...sdk.matchAll(/await login\.(\w+)\(/g)])
    expect(calls).toHaveLength(snippets.length)
    expect(calls.filter(([, name]) => typeof client[String(name)] !== 'function')).toEqual([])
  })
})
