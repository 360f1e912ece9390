import { once } from 'node:events'
import http, { type RequestListener } from 'node:http'
import net from 'node:net'
import { gzipSync } from 'node:zlib'
import { PATIENCE } from '../../src/patience'
import { createTransport, type TransportOptions } from '../../src/upstream/transport'
import { closeAll, freePort, later, listen } from './servers'

afterEach(closeAll)

async function transportTo(server: net.Server, options: Partial<TransportOptions> = {}) {
  return transportFor(await listen(server), options)
}

function transportFor(port: number, options: Partial<TransportOptions> = {}) {
  const baseUrl = `http://127.0.0.1:${port}`
  const limits = { maxSockets: 8, maxBodyBytes: 1000, patience: PATIENCE }
  const transport = createTransport({ baseUrl, ...limits, ...options })
  later(() => transport.close())
  return transport
}

const answering = (listener: RequestListener) => http.createServer(listener)

test('any status comes back as an answer, with its headers and its body', async () => {
  const transport = await transportTo(
    answering((_req, res) => res.writeHead(418, { 'X-Kind': 'teapot' }).end('short')),
  )
  const { status, headers, body } = await transport.get('/x?a=b', {}).answer
  expect([status, headers['x-kind'], body.toString()]).toEqual([418, 'teapot', 'short'])
})

test('a POST carries Content-Length in bytes and is not chunked', async () => {
  let seen: http.IncomingMessage | undefined
  const transport = await transportTo(
    answering((req, res) => {
      seen = req
      req.pipe(res)
    }),
  )
  const { body } = await transport.post('/x', { 'X-A': '1' }, '微信').answer
  expect(body.toString()).toBe('微信')
  expect(seen?.headers).toMatchObject({ 'content-length': '6', 'x-a': '1' })
  expect(seen?.headers).not.toHaveProperty('transfer-encoding')
})

test.each(['gzip', 'GZip', 'x-gzip', 'identity, gzip', ' , gzip'])(
  'a body that a proxy has compressed is unpacked: %s',
  async coding => {
    const transport = await transportTo(
      answering((_req, res) => res.setHeader('Content-Encoding', coding).end(gzipSync('{"a":1}'))),
    )
    expect((await transport.get('/x', {}).answer).body.toString()).toBe('{"a":1}')
  },
)

test.each(['identity', 'Identity', '', ' , '])(
  'a body that was not compressed is left: %p',
  async coding => {
    const transport = await transportTo(
      answering((_req, res) => res.setHeader('Content-Encoding', coding).end('{"a":1}')),
    )
    expect((await transport.get('/x', {}).answer).body.toString()).toBe('{"a":1}')
  },
)

test.each<[string, RequestListener, string]>([
  ['too long', (_req, res) => res.end('x'.repeat(1001)), 'ERR_BODY_TOO_LARGE'],
  [
    'too long once it is unpacked',
    (_req, res) => res.setHeader('Content-Encoding', 'gzip').end(gzipSync('x'.repeat(1001))),
    'ERR_BUFFER_TOO_LARGE',
  ],
  [
    'packed in another way',
    (_req, res) => res.setHeader('Content-Encoding', 'br').end('x'),
    'ERR_CONTENT_ENCODING',
  ],
  [
    'packed twice',
    (_req, res) => res.setHeader('Content-Encoding', 'gzip, gzip').end(gzipSync(gzipSync('x'))),
    'ERR_CONTENT_ENCODING',
  ],
  [
    'no gzip at all',
    (_req, res) => res.setHeader('Content-Encoding', 'gzip').end('x'),
    'Z_BUF_ERROR',
  ],
  [
    'cut off',
    (_req, res) => res.writeHead(200, { 'Content-Length': 9 }).end('x').destroy(),
    'ECONNRESET',
  ],
])('a body that is %s fails the call, which was sent', async (_what, listener, code) => {
  const transport = await transportTo(answering(listener))
  const call = transport.get('/x', {})
  await expect(call.answer).rejects.toMatchObject({ code })
  expect(call.wasSent()).toBe(true)
})

test('an answer that changes the protocol fails the call', async () => {
  const answer = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'
  const server = net.createServer(socket => socket.once('data', () => socket.write(answer)))
  const call = (await transportTo(server)).get('/x', {})
  await expect(call.answer).rejects.toMatchObject({ code: 'ERR_UPGRADE' })
})

test('nothing was sent while no connection stands', async () => {
  const call = transportFor(await freePort(net.createServer())).get('/x', {})
  await expect(call.answer).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect(call.wasSent()).toBe(false)
})

test('a call that is cut ends at once, whatever the server does', async () => {
  const server = answering(() => {})
  const transport = await transportTo(server)
  const call = transport.get('/x', {})
  await once(server, 'request')
  call.cut()
  await expect(call.answer).rejects.toMatchObject({ code: 'ERR_CUT' })
  expect(call.wasSent()).toBe(true)
})

test('a call that waits for a connection was not sent, and is cut at once, too', async () => {
  const server = answering(() => {})
  const transport = await transportTo(server, { maxSockets: 1 })
  const first = transport.get('/x', {})
  await once(server, 'request')
  const second = transport.get('/x', {})
  second.cut()
  await expect(second.answer).rejects.toThrow()
  expect([first.wasSent(), second.wasSent()]).toEqual([true, false])
  first.cut()
  await expect(first.answer).rejects.toThrow()
})

describe('a connection', () => {
  async function connectionsFor(idleSocketMs: number, between: (socket: net.Socket) => unknown) {
    let connections = 0
    let latest: net.Socket | undefined
    const server = answering((_req, res) => res.end('{}'))
    server.keepAliveTimeout = 60_000
    server.on('connection', socket => {
      connections++
      latest = socket
    })
    const patience = { ...PATIENCE, idleSocketMs }
    const transport = await transportTo(server, { patience })
    for (let i = 0; i < 3; i++) {
      await transport.get('/x', {}).answer
      await between(latest as net.Socket)
    }
    return connections
  }

  test('is kept and used again', async () => {
    expect(await connectionsFor(60_000, () => new Promise(setImmediate))).toBe(1)
  })

  test('is closed once it was idle for as long as it may be', async () => {
    expect(await connectionsFor(20, socket => once(socket, 'close'))).toBe(3)
  })
})
