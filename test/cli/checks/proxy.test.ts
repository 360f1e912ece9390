import { readFileSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import net from 'node:net'
import { join } from 'node:path'
import { checkProxy } from '../../../src/cli/checks/proxy'
import { createCertificates } from '../../support/certificates'
import { runCommand } from '../../support/command-line'
import { STRETCHED_WX_TIMEOUT_MS } from '../../support/patience'
import { JWT_SECRET } from '../../support/secrets'
import { temporaryFolder } from '../../support/temporary'
import { type ConnectProxy, startConnectProxy } from '../../upstream/connect-proxy'
import { closeAll, freePort, listen } from '../../upstream/servers'

const APP_SECRET = '5117a7ed5ec7e7005117a7ed5ec7e702'

let proxy: ConnectProxy
let folder: ReturnType<typeof temporaryFolder>
/** A certificate's authority, in a file. */
let ca: string

beforeAll(async () => {
  folder = temporaryFolder()
  const { ca: authority, cert, key } = createCertificates(folder.path, 'api.weixin.qq.com')
  ca = authority
  const files = { cert: readFileSync(cert), key: readFileSync(key) }
  const wechat = https.createServer(files, (_req, res) => {
    res.end('{"access_token":"abc","expires_in":7200}')
  })
  proxy = await startConnectProxy(await listen(wechat))
})
afterAll(async () => {
  await closeAll()
  folder.remove()
})

const addressOf = (port: number) => `http://ann:canary%40password@127.0.0.1:${port}`

interface Options {
  readonly port?: number
  readonly url?: string
  readonly timeoutMs?: number
}

async function check({ port = proxy.port, url, timeoutMs }: Options = {}) {
  const checks = await checkProxy({
    wxProxy: addressOf(port),
    wxApiBaseUrl: url ?? 'https://api.weixin.qq.com',
    wxTimeoutMs: timeoutMs ?? STRETCHED_WX_TIMEOUT_MS,
  })
  expect(JSON.stringify(checks)).not.toMatch(/canary|Basic/)
  return checks
}

test.each<[status: number, fix: string]>([
  [407, 'user and password in WX_PROXY'],
  [403, 'allow CONNECT api.weixin.qq.com:443'],
  [502, 'its DNS and uplink'],
  [404, 'no forward proxy'],
])('a proxy that answers %i is told with its fix, and TLS is not tried', async (status, fix) => {
  proxy.refusals.push(status)
  const found = `http://ann@127.0.0.1:${proxy.port}：CONNECT api.weixin.qq.com:443 得到 ${status} · is answered ${status}`
  expect(await check()).toEqual([
    { name: 'proxy', status: 'fail', found, fix: expect.stringContaining(fix) },
  ])
})

test('a proxy that is not there, one that never answers, and one that is none are told apart', async () => {
  const [absent] = await check({ port: await freePort(net.createServer()) })
  expect(absent).toMatchObject({
    ...{ status: 'fail', found: expect.stringContaining('ECONNREFUSED') },
    fix: expect.stringContaining('does the proxy run'),
  })
  proxy.refusals.push('hang')
  const [mute] = await check({ timeoutMs: 50 })
  expect(mute).toMatchObject({ status: 'fail', found: expect.stringContaining('ETIMEDOUT') })
  const socks = await listen(net.createServer(socket => socket.end('\u0005\u0000')))
  const [stranger] = await check({ port: socks })
  expect(stranger).toMatchObject({ status: 'fail', fix: expect.stringContaining('socks?') })
})

test('a tunnel that stands shows whose certificate is behind it: one that is not trusted fails', async () => {
  const [way, tls] = await check()
  expect(way).toMatchObject({ name: 'proxy', status: 'ok' })
  expect(way?.found).toContain('leads to api.weixin.qq.com:443')
  expect(tls).toMatchObject({
    ...{ name: 'tls', status: 'fail' },
    fix: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  })
})

test('plain http needs a tunnel, too, and no certificate', async () => {
  const checks = await check({ url: 'http://api.weixin.qq.com' })
  expect(checks.map(({ name, status }) => `${name} ${status}`)).toEqual(['proxy ok', 'tls ok'])
  expect(proxy.asked.at(-1)?.target).toBe('api.weixin.qq.com:80')
})

test('doctor goes through the proxy of HTTPS_PROXY: tunnel, TLS and AppSecret are well', async () => {
  const lines = [
    `JWT_SECRET='${JWT_SECRET}'`,
    'WX_APPID=wx1234567890abcdef',
    `WX_SECRET=${APP_SECRET}`,
    'WX_PROXY=env',
    `PORT=${await freePort(net.createServer())}`,
  ]
  writeFileSync(join(folder.path, '.env'), lines.join('\n'), { mode: 0o600 })
  const env = {
    HTTPS_PROXY: addressOf(proxy.port),
    NODE_EXTRA_CA_CERTS: ca,
    WX_TIMEOUT_MS: String(STRETCHED_WX_TIMEOUT_MS),
  }
  const { code, out, err } = await runCommand(['doctor', '--json'], { cwd: folder.path, env })
  expect(out + err).not.toMatch(/canary|Basic /)
  const { checks } = JSON.parse(out) as { checks: { name: string; status: string }[] }
  const of = (name: string) => checks.find(each => each.name === name)?.status
  expect([of('proxy'), of('credentials'), code]).toEqual(['ok', 'ok', 0])
  // The test's certificate ends in two days, which the doctor warns of.
  expect(of('tls')).toBe('warn')
})
