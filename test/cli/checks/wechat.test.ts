import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { checkWechat } from '../../../src/cli/checks/wechat'
import type { ServerConfig } from '../../../src/config/read-environment'
import { createSimulator, SIMULATOR_APP, type Simulator } from '../../../src/simulator'
import { freePort } from '../../support/databases'
import { STRETCHED_WX_TIMEOUT_MS } from '../../support/patience'

const { appid, secret } = SIMULATOR_APP
const WRONG = '5117a7ed5ec7e7005117a7ed5ec7e701'

interface Way {
  readonly url: string
  readonly secrets?: readonly string[]
  readonly proxy?: string
}

const check = async ({ url, secrets = [secret], proxy = 'off' }: Way) => {
  const login = {
    apps: new Map([[appid, secrets]]),
    ...{ wxApiBaseUrl: url, wxTimeoutMs: STRETCHED_WX_TIMEOUT_MS, wxProxy: proxy },
  }
  const checks = await checkWechat({ login, isSimulated: false } as unknown as ServerConfig)
  return Object.fromEntries(checks.map(each => [each.name, each]))
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

let simulator: Simulator
beforeAll(async () => {
  simulator = createSimulator()
  await simulator.listen()
})
afterAll(() => simulator.close())

test('WeChat takes the AppSecret, and nobody’s access_token ends by the question', async () => {
  const ask = async () => {
    const body = JSON.stringify({ grant_type: 'client_credential', appid, secret })
    const answer = await fetch(`${simulator.url}/cgi-bin/stable_token`, { method: 'POST', body })
    return (await answer.json()) as { access_token: string }
  }
  const { access_token } = await ask()
  const { credentials, clock, tls } = await check({ url: simulator.url })
  expect(credentials).toMatchObject({ status: 'ok' })
  expect(clock).toMatchObject({ status: 'ok' })
  expect(tls).toMatchObject({ status: 'ok', found: expect.stringContaining('no TLS') })
  expect(JSON.stringify({ credentials, clock, tls })).not.toContain(access_token)
  expect((await ask()).access_token).toBe(access_token)
  const calls = simulator.calls.map(({ path }) => path)
  expect(new Set(calls)).toEqual(new Set(['/cgi-bin/stable_token']))
})

test('an AppSecret that WeChat refuses is a failure with WeChat’s meaning and the fix', async () => {
  const { credentials } = await check({ url: simulator.url, secrets: [WRONG] })
  expect(credentials).toMatchObject({
    status: 'fail',
    found: expect.stringContaining('40125'),
    fix: expect.stringContaining('WX_SECRET'),
  })
  expect(JSON.stringify(credentials)).not.toContain(WRONG)
})

test('each of two AppSecrets is tried by itself', async () => {
  const login = {
    apps: new Map([[appid, [WRONG, secret]]]),
    ...{ wxApiBaseUrl: simulator.url, wxTimeoutMs: STRETCHED_WX_TIMEOUT_MS, wxProxy: 'off' },
  }
  const checks = await checkWechat({ login, isSimulated: false } as unknown as ServerConfig)
  const found = checks.filter(({ name }) => name === 'credentials')
  expect(found.map(({ status }) => status)).toEqual(['fail', 'ok'])
  expect(found[1]?.found).toContain('previous')
})

test('a host that has no address stops the questions at its name', async () => {
  const { dns, tls, credentials } = await check({ url: 'https://wechat.invalid' })
  expect(dns).toMatchObject({ status: 'fail', fix: expect.stringContaining('resolv.conf') })
  expect(tls).toBeUndefined()
  expect(credentials).toMatchObject({ status: 'fail' })
})

test('a port that nobody listens on is a failure of the way', async () => {
  const { tls, credentials } = await check({ url: `https://127.0.0.1:${await freePort()}` })
  expect(tls).toMatchObject({ status: 'fail', found: expect.stringContaining('ECONNREFUSED') })
  expect(credentials).toMatchObject({ status: 'fail' })
})

test('a clock that is an hour off is told by WeChat’s own', async () => {
  const server = createServer((_req, res) => {
    res.setHeader('Date', new Date(Date.now() - 3_600_000).toUTCString())
    res.end('{"access_token":"abc","expires_in":7200}')
  })
  const { clock } = await check({ url: `http://127.0.0.1:${await listen(server)}` })
  expect(clock).toMatchObject({ status: 'fail', found: expect.stringMatching(/3[56]\d\d\.\d s/) })
  server.close()
})

test('what answers a page instead of JSON is told', async () => {
  const server = createServer((_req, res) => void res.end('<html>'))
  const { credentials } = await check({ url: `http://127.0.0.1:${await listen(server)}` })
  expect(credentials).toMatchObject({ status: 'fail', found: expect.stringContaining('not_json') })
  server.close()
})

test('behind a proxy that is down the credentials fail, and the proxy is shown without its password', async () => {
  const proxy = `http://u:canary@127.0.0.1:${await freePort()}`
  const found = await check({ url: 'https://wechat.invalid', proxy })
  expect(found.proxy).toMatchObject({ status: 'fail' })
  expect(found.proxy?.found).toContain('http://u@127.0.0.1')
  expect(found.credentials).toMatchObject({ status: 'fail' })
  expect(found.dns).toBeUndefined()
  expect(JSON.stringify(found)).not.toContain('canary')
})

test('without credentials the simulator stands in, which is a warning', async () => {
  const checks = await checkWechat({ isSimulated: true } as unknown as ServerConfig)
  expect(checks).toEqual([expect.objectContaining({ name: 'wechat', status: 'warn' })])
})
