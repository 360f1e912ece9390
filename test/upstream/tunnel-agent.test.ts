import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { PATIENCE } from '../../src/patience'
import { createUpstreamClient, type UpstreamClient } from '../../src/upstream/client'
import type { Unreachable } from '../../src/upstream/unreachable'
import { createCertificates } from '../support/certificates'
import { manualDeadline } from '../support/deadline'
import { temporaryFolder } from '../support/temporary'
import { type ConnectProxy, startConnectProxy } from './connect-proxy'
import { closeAll, freePort, later, listen } from './servers'

afterEach(closeAll)

interface Way {
  baseUrl?: string
  /** Before the host of the proxy's address. */
  credentials?: string
  idleSocketMs?: number
  maxSockets?: number
}

function clientThrough(port: number, way: Way = {}): UpstreamClient {
  const { baseUrl = 'http://platform.invalid', credentials = '', maxSockets = 8 } = way
  const { idleSocketMs = 60_000 } = way
  const client = createUpstreamClient({
    baseUrl,
    proxy: `http://${credentials}127.0.0.1:${port}`,
    timeoutMs: 15_000,
    maxSockets,
    patience: { ...PATIENCE, connectRetryMs: 1, idleSocketMs },
  })
  later(() => client.close())
  return client
}

interface Platform {
  readonly proxy: ConnectProxy
  readonly requests: string[]
}

async function startPlatform(): Promise<Platform> {
  const requests: string[] = []
  const server = http.createServer((req, res) => {
    requests.push(`${req.method} ${req.url}`)
    res.end('{"ok":1}')
  })
  server.keepAliveTimeout = 60_000
  return { proxy: await startConnectProxy(await listen(server)), requests }
}

const ask = (client: UpstreamClient) => client.get('/x', { query: {} })
const failureOf = (call: Promise<unknown>): Promise<Unreachable> =>
  call.then(
    () => Promise.reject(new Error('it should have failed')),
    (error: Unreachable) => error,
  )

test('a request goes through the proxy to a host that only the proxy knows, below the path', async () => {
  const { proxy, requests } = await startPlatform()
  const client = clientThrough(proxy.port, { baseUrl: 'http://platform.invalid/way' })
  expect(await ask(client)).toEqual({ ok: 1 })
  expect(await client.post('/y', { query: {}, json: {} })).toEqual({ ok: 1 })
  expect(requests).toEqual(['GET /way/x?', 'POST /way/y?'])
  expect(proxy.asked[0]).toEqual({ target: 'platform.invalid:80', credentials: undefined })
})

test('a tunnel is kept and used again, and no more of them are open than connections may be', async () => {
  const { proxy, requests } = await startPlatform()
  const client = clientThrough(proxy.port, { maxSockets: 2 })
  await Promise.all(Array.from({ length: 10 }, () => ask(client)))
  for (let i = 0; i < 5; i++) await ask(client)
  expect(requests).toHaveLength(15)
  expect(proxy.asked).toHaveLength(2)
})

test('a tunnel that was idle for long enough is closed', async () => {
  const { proxy } = await startPlatform()
  const client = clientThrough(proxy.port, { idleSocketMs: 20 })
  await ask(client)
  const [tunnel] = proxy.tunnels
  if (tunnel) await once(tunnel, 'close')
  await ask(client)
  expect(proxy.asked).toHaveLength(2)
})

test('user and password are sent as they were before they were percent-encoded', async () => {
  const { proxy } = await startPlatform()
  await ask(clientThrough(proxy.port, { credentials: 'corp%5Cann:p%40ss%3A%E5%AF%86@' }))
  const [scheme, text = ''] = String(proxy.asked[0]?.credentials).split(' ')
  expect([scheme, Buffer.from(text, 'base64').toString()]).toEqual(['Basic', 'corp\\ann:p@ss:密'])
})

test.each([
  [407, 1],
  [403, 1],
  [502, 2],
  [503, 2],
  [302, 2],
])(
  'a proxy that answers %i: unavailable, nothing was sent, asked %i time(s)',
  async (status, times) => {
    const { proxy, requests } = await startPlatform()
    proxy.refusals.push(status, status)
    const failure = { kind: 'unavailable', sent: false, reason: `PROXY_${status}` }
    expect(await failureOf(ask(clientThrough(proxy.port)))).toMatchObject(failure)
    expect(proxy.asked).toHaveLength(times)
    expect(requests).toEqual([])
  },
)

test('a refusal that passes is tried once more, and that try can succeed', async () => {
  const { proxy, requests } = await startPlatform()
  proxy.refusals.push(502)
  expect(await ask(clientThrough(proxy.port))).toEqual({ ok: 1 })
  expect(requests).toHaveLength(1)
})

test('a proxy that is down: unavailable, and the platform that could be reached is not asked', async () => {
  let connections = 0
  const platform = await listen(net.createServer(() => connections++))
  const gone = await freePort(net.createServer())
  const client = clientThrough(gone, { baseUrl: `http://127.0.0.1:${platform}` })
  const failure = { kind: 'unavailable', sent: false, reason: 'PROXY_ECONNREFUSED' }
  expect(await failureOf(ask(client))).toMatchObject(failure)
  expect(connections).toBe(0)
})

test('a proxy that is down fails those that wait for a turn too, and none of them waits for its deadline', async () => {
  const gone = await freePort(net.createServer())
  const client = clientThrough(gone, { maxSockets: 2 })
  const { deadline } = manualDeadline()
  const calls = Array.from({ length: 20 }, () => client.get('/x', { query: {}, deadline }))
  for (const failure of await Promise.all(calls.map(failureOf))) {
    expect(failure).toMatchObject({ sent: false, reason: 'PROXY_ECONNREFUSED' })
  }
})

test('those that wait are served once the proxy is well again', async () => {
  const { proxy, requests } = await startPlatform()
  proxy.refusals.push(403, 403)
  const client = clientThrough(proxy.port, { maxSockets: 2 })
  const calls = Array.from({ length: 10 }, () => ask(client))
  const ended = await Promise.allSettled(calls)
  expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(2)
  expect(requests).toHaveLength(8)
  expect(proxy.asked).toHaveLength(4)
})

test.each([
  ['closes without a word', '', 'PROXY_ECONNRESET'],
  ['speaks something else', 'SSH-2.0-x\r\n\r\n', 'PROXY_HPE_INVALID_CONSTANT'],
  ['speaks on in the place of the platform', 'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200', 'PROXY_200'],
])('a proxy that %s is told as such', async (_what, words, reason) => {
  const proxy = net.createServer(socket => socket.once('data', () => socket.end(words)))
  const client = clientThrough(await listen(proxy))
  const failure = { kind: 'unavailable', sent: false, reason }
  expect(await failureOf(ask(client))).toMatchObject(failure)
})

test('a proxy that hangs is left at the deadline, its connection is closed, and its place is free', async () => {
  const { proxy } = await startPlatform()
  proxy.refusals.push('hang')
  const server = await listen(
    net.createServer(socket => {
      const onward = net.connect(proxy.port, '127.0.0.1')
      socket.pipe(onward).pipe(socket)
      for (const end of [socket, onward]) end.on('error', () => {})
      socket.once('data', () => arrived())
      socket.once('close', () => closed())
    }),
  )
  let arrived = () => {}
  let closed = () => {}
  const hasArrived = new Promise<void>(resolve => (arrived = resolve))
  const isClosed = new Promise<void>(resolve => (closed = resolve))
  const client = clientThrough(server, { maxSockets: 1 })
  const { deadline, pass } = manualDeadline()
  const call = client.get('/x', { query: {}, deadline })
  await hasArrived
  pass()
  const failure = { kind: 'unavailable', sent: false, reason: 'deadline' }
  expect(await failureOf(call)).toMatchObject(failure)
  await isClosed
  expect(await ask(client)).toEqual({ ok: 1 })
})

test('a request whose connection broke after it was sent is not sent again', async () => {
  let requests = 0
  const platform = http.createServer(req => {
    requests++
    req.socket.destroy()
  })
  const { port } = await startConnectProxy(await listen(platform))
  const failure = { kind: 'bad_answer', sent: true, reason: 'ECONNRESET' }
  expect(await failureOf(ask(clientThrough(port)))).toMatchObject(failure)
  expect(requests).toBe(1)
})

test('the proxy cannot play the platform: a certificate that nobody trusts, and nothing was sent', async () => {
  const folder = temporaryFolder()
  later(folder.remove)
  const { key, cert } = createCertificates(folder.path, 'platform.invalid')
  let requests = 0
  const options = { key: readFileSync(key), cert: readFileSync(cert) }
  const platform = https.createServer(options, () => requests++)
  const { port, asked } = await startConnectProxy(await listen(platform))
  const client = clientThrough(port, { baseUrl: 'https://platform.invalid' })
  const failure = { kind: 'unavailable', sent: false, reason: 'tls' }
  expect(await failureOf(ask(client))).toMatchObject(failure)
  expect(asked).toMatchObject([{ target: 'platform.invalid:443' }])
  expect(requests).toBe(0)
})

test('a tunnel that breaks in the middle of the handshake: unavailable, nothing was sent', async () => {
  const platform = net.createServer(socket => socket.once('data', () => socket.destroy()))
  const { port } = await startConnectProxy(await listen(platform))
  const client = clientThrough(port, { baseUrl: 'https://platform.invalid' })
  const failure = { kind: 'unavailable', sent: false, reason: 'ECONNRESET' }
  expect(await failureOf(ask(client))).toMatchObject(failure)
})

test('a handshake that hangs is left at the deadline, and its tunnel is closed', async () => {
  const platform = net.createServer(socket => socket.on('error', () => {}))
  const proxy = await startConnectProxy(await listen(platform))
  const client = clientThrough(proxy.port, { baseUrl: 'https://platform.invalid' })
  const { deadline, pass } = manualDeadline()
  const call = client.get('/x', { query: {}, deadline })
  const [hello] = (await once(platform, 'connection')) as [net.Socket]
  await once(hello, 'data')
  pass()
  const failure = { kind: 'unavailable', sent: false, reason: 'deadline' }
  expect(await failureOf(call)).toMatchObject(failure)
  await once(hello, 'close')
})

test('no failure shows the proxy’s password', async () => {
  const { proxy } = await startPlatform()
  proxy.refusals.push(407)
  const client = clientThrough(proxy.port, { credentials: 'ann:canary-password@' })
  const { stack, message, reason } = await failureOf(ask(client))
  expect(`${stack}${message}${reason}`).not.toMatch(/canary|Basic/)
})
