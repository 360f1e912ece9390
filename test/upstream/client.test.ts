import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { LoginError } from '../../src/errors'
import { PATIENCE } from '../../src/patience'
import {
  createUpstreamClient,
  type UpstreamClient,
  type UpstreamClientOptions,
} from '../../src/upstream/client'
import type { Deadline } from '../../src/upstream/deadline'
import type { Unreachable } from '../../src/upstream/unreachable'
import { manualDeadline } from '../support/deadline'
import { temporaryFolder } from '../support/temporary'
import { closeAll, freePort, later, listen } from './servers'

afterEach(closeAll)

function clientFor(baseUrl: string, options: Partial<UpstreamClientOptions> = {}) {
  const client = createUpstreamClient({
    baseUrl,
    timeoutMs: 15_000,
    patience: PATIENCE,
    ...options,
  })
  later(() => client.close())
  return client
}
const clientTo = async (server: net.Server, options?: Partial<UpstreamClientOptions>) =>
  clientFor(`http://127.0.0.1:${await listen(server)}`, options)

const failureOf = (client: UpstreamClient, deadline?: Deadline): Promise<Unreachable> =>
  client.get('/x', { query: { secret: 'canary' }, deadline }).then(
    () => Promise.reject(new Error('it should have failed')),
    (error: Unreachable) => error,
  )

test('status and headers of an answer are those that came', async () => {
  const date = 'Fri, 02 Jan 2026 03:04:05 GMT'
  const server = http.createServer((_req, res) => {
    res.writeHead(429, { Date: date, 'Retry-After': '7' }).end()
  })
  const heard: unknown[] = []
  const onAnswer: UpstreamClientOptions['onAnswer'] = ({ status, headers }) =>
    heard.push([status, headers.date])
  const failure = await failureOf(await clientTo(server, { onAnswer }))
  expect([failure.kind, failure.retryAfter]).toEqual(['quota', 7])
  expect(heard).toEqual([[429, date]])
})

test('asks with the query, the headers and the JSON that were given, and gives the JSON back', async () => {
  const server = http.createServer((req, res) => {
    const { method, url, headers } = req
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      res.end(JSON.stringify({ method, url, body, type: headers['content-type'] ?? 'none' }))
    })
  })
  const client = await clientTo(server)
  const query = { a: '1&b=2', c: '' }
  const url = '/x?a=1%26b%3D2&c='
  expect(await client.get('/x', { query })).toEqual({ method: 'GET', url, body: '', type: 'none' })
  expect(await client.post('/x', { query, json: { d: [1] } })).toEqual({
    method: 'POST',
    url,
    body: '{"d":[1]}',
    type: 'application/json',
  })
})

test('nobody listens: unavailable, and surely not sent', async () => {
  const client = clientFor(`http://127.0.0.1:${await freePort(net.createServer())}`)
  const failure = { kind: 'unavailable', sent: false, reason: 'ECONNREFUSED' }
  expect(await failureOf(client)).toMatchObject(failure)
})

test('a refused connection is tried once more, and that try can succeed', async () => {
  const port = await freePort(net.createServer())
  const patience = { ...PATIENCE, connectRetryMs: 1000 }
  const client = clientFor(`http://127.0.0.1:${port}`, { patience })
  const answer = client.get('/x', { query: {} })
  await new Promise(setImmediate)
  await listen(
    http.createServer((_req, res) => res.end('{"ok":1}')),
    port,
  )
  await expect(answer).resolves.toEqual({ ok: 1 })
})

test('a request that was sent is not sent again', async () => {
  let requests = 0
  const server = http.createServer(req => {
    requests++
    req.socket.destroy()
  })
  const error = await failureOf(await clientTo(server))
  expect(error).toMatchObject({ kind: 'bad_answer', sent: true, reason: 'ECONNRESET' })
  expect(requests).toBe(1)
})

test('an unknown host is unavailable and not sent', async () => {
  const error = await failureOf(clientFor('http://no-such-host.invalid'))
  expect(error).toMatchObject({ kind: 'unavailable', sent: false })
})

test('a body that drips is cut off at the deadline, which covers the whole call', async () => {
  const { deadline, pass } = manualDeadline()
  const server = http.createServer((_req, res) => {
    res.writeHead(200)
    res.write(' ', pass)
  })
  expect(await failureOf(await clientTo(server), deadline)).toMatchObject({
    kind: 'timeout',
    sent: true,
    reason: 'deadline',
  })
})

test('a call without a deadline of its own has the one of the client', async () => {
  const client = await clientTo(
    http.createServer(() => {}),
    { timeoutMs: 30 },
  )
  expect(client.timeoutMs).toBe(30)
  expect((await failureOf(client)).reason).toBe('deadline')
})

test('after its deadline nothing is sent any more', async () => {
  let requests = 0
  const client = await clientTo(http.createServer(() => requests++))
  const { deadline, pass } = manualDeadline()
  pass()
  const failure = { kind: 'unavailable', sent: false, reason: 'deadline' }
  expect(await failureOf(client, deadline)).toMatchObject(failure)
  expect(requests).toBe(0)
})

test('an answer that changes the protocol is a bad answer and frees its place', async () => {
  const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'
  const server = net.createServer(socket => socket.once('data', () => socket.write(answer)))
  const client = await clientTo(server, { maxPending: 1 })
  for (let i = 0; i < 2; i++) {
    const failure = { kind: 'bad_answer', sent: true, reason: 'ERR_UPGRADE' }
    expect(await failureOf(client)).toMatchObject(failure)
  }
})

test('a redirect is not followed', async () => {
  const paths: string[] = []
  const server = http.createServer((req, res) => {
    paths.push(String(req.url?.split('?')[0]))
    res.writeHead(302, { Location: '/elsewhere' }).end()
  })
  expect((await failureOf(await clientTo(server))).reason).toBe('status_302')
  expect(paths).toEqual(['/x'])
})

test('a proxy that the environment names sees nothing', async () => {
  let hits = 0
  const proxy = await listen(
    net.createServer(socket => {
      hits++
      socket.destroy()
    }),
  )
  const client = await clientTo(http.createServer((_req, res) => res.end('{}')))
  const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY']
  for (const name of names) process.env[name] = `http://127.0.0.1:${proxy}`
  try {
    await client.get('/x', { query: {} })
  } finally {
    for (const name of names) delete process.env[name]
  }
  expect(hits).toBe(0)
})

test('one call more than may be pending is refused at once and not sent', async () => {
  let requests = 0
  const server = http.createServer(() => requests++)
  const client = await clientTo(server, { maxPending: 2 })
  const waiting = [failureOf(client), failureOf(client)]
  const refused: unknown = await failureOf(client)
  expect((refused as LoginError).code).toBe('overloaded')
  while (requests < 2) await once(server, 'request')
  server.closeAllConnections()
  await Promise.all(waiting)
  expect(requests).toBe(2)
})

test('no failure shows anything of the query, nor what it came from', async () => {
  const server = http.createServer((_req, res) => res.writeHead(500).end())
  const gone = clientFor(`http://127.0.0.1:${await freePort(net.createServer())}`)
  for (const client of [gone, await clientTo(server)]) {
    const error = await failureOf(client)
    const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error)
    expect(shown + error.stack).not.toMatch(/canary|axios/i)
    expect(error.cause).toBeUndefined()
  }
})

test('a certificate that nobody trusts: unavailable, and nothing was sent', async () => {
  const folder = temporaryFolder()
  later(folder.remove)
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
  const error = await failureOf(clientFor(`https://127.0.0.1:${await listen(server)}`))
  expect(error).toMatchObject({ kind: 'unavailable', sent: false, reason: 'tls' })
  expect(requests).toBe(0)
})
