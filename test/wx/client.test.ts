import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { LoginError } from '../../src/errors'
import { createWxClient, type WxClient } from '../../src/wx/client'
import { temporaryFolder } from '../support/temporary'

const closing: (() => unknown)[] = []
afterEach(() => Promise.all(closing.splice(0).map(close => close())))

function clientFor(baseUrl: string, options: { timeoutMs?: number; maxPending?: number } = {}) {
  const client = createWxClient({ baseUrl, timeoutMs: 400, ...options })
  closing.push(() => client.close())
  return client
}

async function listen<T extends net.Server>(server: T, port = 0): Promise<number> {
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}

const failureOf = (client: WxClient): Promise<LoginError & { sent: boolean }> =>
  client.get('/x', { secret: 's' }).then(
    () => Promise.reject(new Error('it should have failed')),
    error => error,
  )

test('nobody listens: unavailable, and surely not sent', async () => {
  const port = await listen(net.createServer())
  await closing.pop()?.()
  const error = await failureOf(clientFor(`http://127.0.0.1:${port}`))
  expect(error).toMatchObject({
    code: 'wechat_unavailable',
    sent: false,
    reason: 'ECONNREFUSED',
    retryAfter: 2,
  })
})

test('a refused connection is tried once more, and that try can succeed', async () => {
  const port = await listen(net.createServer())
  await closing.pop()?.()
  const answer = clientFor(`http://127.0.0.1:${port}`, { timeoutMs: 2000 }).get('/x', {})
  const server = http.createServer((_req, res) => res.end('{"ok":1}'))
  await new Promise(resolve => setTimeout(resolve, 5))
  await listen(server, port)
  await expect(answer).resolves.toEqual({ ok: 1 })
})

test('an unknown host is unavailable and not sent', async () => {
  const error = await failureOf(clientFor('http://no-such-host.invalid', { timeoutMs: 3000 }))
  expect(error).toMatchObject({ code: 'wechat_unavailable', sent: false })
})

test('a slow body is cut off at the deadline, which covers the whole call', async () => {
  const port = await listen(
    http.createServer((_req, res) => {
      res.writeHead(200)
      const drip = setInterval(() => res.write(' '), 30)
      res.on('close', () => clearInterval(drip))
    }),
  )
  const begun = performance.now()
  const error = await failureOf(clientFor(`http://127.0.0.1:${port}`, { timeoutMs: 200 }))
  expect(error).toMatchObject({ code: 'wechat_timeout', sent: true })
  expect(performance.now() - begun).toBeLessThan(600)
})

test('an answer that changes the protocol is a bad answer, and holds nobody beyond the deadline', async () => {
  const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'
  const server = net.createServer(socket => socket.once('data', () => socket.write(answer)))
  const client = clientFor(`http://127.0.0.1:${await listen(server)}`, { maxPending: 1 })
  for (let i = 0; i < 2; i++) {
    const error = await failureOf(client)
    expect(error).toMatchObject({ code: 'wechat_bad_answer', sent: true, reason: 'ERR_UPGRADE' })
  }
})

test('connections are kept and used again', async () => {
  let connections = 0
  const server = http.createServer((_req, res) => res.end('{}'))
  server.on('connection', () => connections++)
  const client = clientFor(`http://127.0.0.1:${await listen(server)}`)
  for (let i = 0; i < 5; i++) await client.get('/x', {})
  expect(connections).toBe(1)
})

test('a proxy that the environment names sees nothing', async () => {
  let hits = 0
  const proxy = await listen(
    net.createServer(socket => {
      hits++
      socket.destroy()
    }),
  )
  const port = await listen(http.createServer((_req, res) => res.end('{}')))
  const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY']
  for (const name of names) process.env[name] = `http://127.0.0.1:${proxy}`
  try {
    await clientFor(`http://127.0.0.1:${port}`).get('/x', {})
  } finally {
    for (const name of names) delete process.env[name]
  }
  expect(hits).toBe(0)
})

test('one call more than may be pending is refused at once, unsent', async () => {
  const server = http.createServer(() => {})
  const client = clientFor(`http://127.0.0.1:${await listen(server)}`, { maxPending: 2 })
  const waiting = [failureOf(client), failureOf(client)]
  expect((await failureOf(client)).code).toBe('overloaded')
  for (const error of await Promise.all(waiting)) expect(error.code).toBe('wechat_timeout')
  server.closeAllConnections()
})

test('a certificate that nobody trusts: unavailable, nothing was sent', async () => {
  const folder = temporaryFolder()
  closing.push(folder.remove)
  const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-days', '1']
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject],
    { stdio: 'ignore' },
  )
  let requests = 0
  const options = { key: readFileSync(key), cert: readFileSync(cert) }
  const server = https.createServer(options, (_req, res) => {
    requests++
    res.end('{}')
  })
  const port = await listen(server)
  const error = await failureOf(clientFor(`https://127.0.0.1:${port}`, { timeoutMs: 2000 }))
  expect(error).toMatchObject({ code: 'wechat_unavailable', sent: false, reason: 'tls' })
  expect(requests).toBe(0)
})
