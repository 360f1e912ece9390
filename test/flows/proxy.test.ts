import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSimulator, SIMULATOR_APP, type Simulator } from '../../src/simulator/index'
import { createCertificates } from '../support/certificates'
import { JWT_SECRET } from '../support/secrets'
import { type ServerProcess, startServer } from '../support/server-process'
import { temporaryFolder } from '../support/temporary'
import { type ConnectProxy, startConnectProxy } from '../upstream/connect-proxy'
import { closeAll, later, listen } from '../upstream/servers'

/** Another appid than the simulator's own, which stands for no credentials at all. */
const APP = { appid: 'wx1234567890abcdef', secret: SIMULATOR_APP.secret }

let simulator: Simulator
let proxy: ConnectProxy
let service: ServerProcess

beforeAll(async () => {
  const folder = temporaryFolder()
  later(folder.remove)
  simulator = createSimulator({ apps: { [APP.appid]: APP.secret } })
  await simulator.listen()
  later(() => simulator.close())
  const { ca, cert, key } = createCertificates(folder.path, 'api.weixin.qq.com')
  const tls = { cert: readFileSync(cert), key: readFileSync(key) }
  const wechat = https.createServer(tls, (req, res) => {
    const { method, headers, url = '' } = req
    const onward = http.request(simulator.url + url, { method, headers }, answer => {
      res.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(res)
    })
    req.pipe(onward)
  })
  wechat.keepAliveTimeout = 60_000
  proxy = await startConnectProxy(await listen(wechat))
  const env = {
    NODE_ENV: 'production',
    NODE_EXTRA_CA_CERTS: ca,
    WX_APPID: APP.appid,
    WX_SECRET: APP.secret,
    JWT_SECRET,
    DATABASE_URL: 'memory:',
    WX_PROXY: 'env',
    HTTPS_PROXY: `http://ann:canary%40password@127.0.0.1:${proxy.port}`,
    PRESTOP_MS: '0',
  }
  service = await startServer(env, folder.path)
  later(() => service.stop('SIGKILL'))
}, 60_000)
afterAll(closeAll)

async function logIn(): Promise<{ status: number; error?: string }> {
  const code = simulator.mintCode()
  const body = JSON.stringify({ code })
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(`${service.url}/login`, { method: 'POST', headers, body })
  const { error } = (await answer.json()) as { error?: string }
  return { status: answer.status, ...(error !== undefined && { error }) }
}

/** Waits for a line: the log is written off the event loop. A line that never comes hangs the test. */
async function logged(text: string): Promise<void> {
  while (!service.output().includes(text)) await sleep(10)
}

test('a proxy that refuses is a 503, with its reason in the log', async () => {
  proxy.refusals.push(407)
  expect(await logIn()).toEqual({ status: 503, error: 'wechat_unavailable' })
  expect(proxy.asked.splice(0)).toHaveLength(1)
  await logged('"reason":"PROXY_407"')
})

test('logins reach api.weixin.qq.com through the proxy, TLS inside, on one tunnel that is kept', async () => {
  for (let i = 0; i < 5; i++) expect(await logIn()).toEqual({ status: 200 })
  const credentials = `Basic ${Buffer.from('ann:canary@password').toString('base64')}`
  expect(proxy.asked).toEqual([{ target: 'api.weixin.qq.com:443', credentials }])
})

test('neither the log nor the start shows the proxy’s password', () => {
  expect(service.output()).toContain('listening')
  expect(service.output()).not.toMatch(/canary|Basic /)
})
