import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createSimulator, SIMULATOR_APP } from '../../src/simulator/index'
import { start } from './ask'
import { control } from './control'

const DOCS = readFileSync(join(__dirname, '../../docs/simulator.md'), 'utf8')

it('the walk of docs/simulator.md does what it says, pasted whole', async () => {
  const simulator = await start()
  const block = /```sh\n(SIM=http:\/\/127\.0\.0\.1:4000\n[\s\S]*?)```/.exec(DOCS)?.[1] ?? ''
  const script = block.replace('http://127.0.0.1:4000', simulator.url)
  const { stdout } = await promisify(execFile)('bash', ['-c', script])
  const lines = stdout.trimEnd().split('\n')
  const [login, phone, fault, refused, again, calls, reset] = lines.map(line => JSON.parse(line))
  expect(lines).toHaveLength(7)
  expect(login).toEqual({
    openid: simulator.user('alice').openid,
    session_key: simulator.user('alice').sessionKey,
  })
  expect(phone.phone_info.phoneNumber).toBe(simulator.user('alice').phoneNumber)
  expect(fault).toEqual({ ok: true })
  expect(refused.errcode).toBe(45011)
  expect(again.openid).toBe(simulator.user('bob').openid)
  expect(calls.calls).toHaveLength(5)
  expect(JSON.stringify(calls)).not.toContain(SIMULATOR_APP.secret)
  expect(reset).toEqual({ ok: true })
})

it('the program of docs/simulator.md runs as it stands, and sees what it says', async () => {
  const [, block = ''] = /```ts\n(import \{ createSimulator[\s\S]*?)```/.exec(DOCS) ?? []
  const [imports = '', ...lines] = block.split('\n')
  expect(imports).toContain("from 'miniprogram-login/simulator'")
  const login = 'await logIn(url, SIMULATOR_APP, code)\n'
  const program = lines.join('\n').replace(/^\/\/ …….*\n/m, login)
  expect(program).toContain(login)
  const logIn = async (url: string, { appid, secret }: typeof SIMULATOR_APP, code: string) => {
    const asked = { appid, secret, js_code: code, grant_type: 'authorization_code' }
    const answer = await fetch(`${url}/sns/jscode2session?${new URLSearchParams(asked)}`)
    expect(await answer.json()).toMatchObject({ openid: expect.any(String) })
  }
  const run = new Function(
    ...['createSimulator', 'SIMULATOR_APP', 'logIn'],
    `return (async () => {${program}\nreturn simulator})()`,
  )
  const simulator = await run(createSimulator, SIMULATOR_APP, logIn)
  expect(simulator.user('alice')).toMatchObject({ openid: expect.any(String) })
})

it('docs/simulator.md lists every control route, and no other', async () => {
  const simulator = await start()
  const { json } = await control(simulator, 'GET /simulator/nothing')
  const real = [...json.error.matchAll(/(?:GET|POST) \/[\w/-]+/g)].map(([route]) => route)
  // A row may name two routes: `POST /simulator/session-keys/rotate`、`…/expire`.
  const rows = DOCS.matchAll(/^\| `((?:GET|POST) \/simulator\/[\w/-]+)`(?:、`…\/(\w+)`)? \|/gm)
  const listed = [...rows].flatMap(([, route = '', other]) =>
    other ? [route, route.replace(/\w+$/, other)] : [route],
  )
  expect(listed.sort()).toEqual(real.sort())
})

it('docs/simulator.md lists every API that the simulator answers, and no other', () => {
  const source = readFileSync(join(__dirname, '../../src/simulator/wechat/endpoints.ts'), 'utf8')
  const real = [...source.matchAll(/^ {2}'(\/[\w/-]+)': /gm)].map(([, path]) => path)
  const listed = [...DOCS.matchAll(/^\| `(?:GET|POST) (\/(?:sns|cgi-bin|wxa)\/[\w/]+)` \|/gm)]
  expect(real.length).toBeGreaterThan(5)
  expect(listed.map(([, path]) => path).sort()).toEqual(real.sort())
})
