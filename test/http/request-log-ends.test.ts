import type { IncomingMessage, ServerResponse } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { LoginError } from '../../src/errors'
import { begin, sendEmpty, sendError, sendJson } from '../../src/http/answer'
import { contextOf } from '../../src/http/context'
import { createStandalone } from '../../src/http/standalone'
import { type Log, printable } from '../../src/log'
import { PATIENCE } from '../../src/patience'
import { createHttpServer } from '../../src/server/http-server'
import { exchange, request } from './raw-socket'

const log: Log = { info() {}, warn() {}, error() {} }
/** More than the buffers of two sockets hold. */
const LARGE = 'x'.repeat(20_000_000)

const lines: string[] = []
/** Requests whose answer nobody gives. */
let waiting: { req: IncomingMessage; res: ServerResponse }[] = []
let answered = 0

function answer(req: IncomingMessage, res: ServerResponse): void {
  const [path] = (req.url ?? '').split('?')
  if (path === '/waits') waiting.push({ req, res })
  else if (path === '/empty') sendEmpty(req, res, {})
  else if (path === '/large') sendJson(req, res, 200, { LARGE })
  else if (path === '/half') {
    begin(req, res, 200)
    res.write('half')
  } else if (path === '/odd') {
    const context = contextOf(req)
    context.userId = 'u"\u2028'
    context.appid = 'wx0000000000000000'
    const options = { reason: 'a\u009b"b', wxErrcode: 40163 }
    sendError(req, res, new LoginError('code_used', options), { log })
  } else sendJson(req, res, 200, {})
  answered++
}

const app = createStandalone({
  router: answer,
  requestLog: { format: 'json', write: line => void lines.push(line) },
  now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 67),
  log,
})
const server = createHttpServer(app, { log, patience: PATIENCE })
let port = 0
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
beforeEach(() => {
  lines.splice(0)
  waiting = []
  answered = 0
})
afterAll(() => {
  server.closeAllConnections()
  return new Promise(resolve => server.close(resolve))
})

async function waitUntil(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(5)
}

/** Sends bytes and reads nothing of the answer; leaves once `until` holds. */
async function leaveOnce(until: () => boolean, ...bytes: Buffer[]): Promise<void> {
  const socket = net.connect({ port, host: '127.0.0.1' })
  socket.on('error', () => {}).pause()
  for (const each of bytes) socket.write(each)
  await waitUntil(until)
  socket.resetAndDestroy()
}

const told = () => lines.map(line => JSON.parse(line))
const connections = () =>
  new Promise<number>(resolve => server.getConnections((_error, count) => resolve(count)))

describe('a client that leaves leaves one line', () => {
  test('before its answer: when it came is known, how long it took is not', async () => {
    await leaveOnce(() => waiting.length === 1, request('GET /waits', { 'User-Agent': 'a' }))
    await waitUntil(() => lines.length > 0)
    const [asked] = waiting
    // An answer that comes too late makes no second line.
    if (asked) sendJson(asked.req, asked.res, 200, {})
    await waitUntil(async () => (await connections()) === 0)
    expect(lines).toEqual([
      `{"time":"2026-01-02T03:04:05.067Z","level":"info","event":"request","outcome":"aborted","request_id":"${told()[0].request_id}","method":"GET","path":"/waits","status":null,"duration_ms":null,"ip":"127.0.0.1","ua":"a","pid":${process.pid}}`,
    ])
  })

  test.each(['/half', '/large'])('while it is answered: %s', async path => {
    await leaveOnce(() => answered === 1, request(`GET ${path}`))
    await waitUntil(() => lines.length > 0)
    expect(told()).toEqual([
      expect.objectContaining({
        ...{ path, outcome: 'aborted', status: null, ip: '127.0.0.1' },
        duration_ms: expect.any(Number),
      }),
    ])
  })
})

test('requests that are sent at once leave a line each, in their order', async () => {
  const all = ['GET /a', 'HEAD /b', 'GET /empty', 'GET /odd', 'GET /c']
  const last = request('GET /last', { Connection: 'close' })
  await exchange(port, Buffer.concat([...all.map(line => request(line)), last]), { until: 'close' })
  await waitUntil(() => lines.length === 6)
  const seen = told().map(({ method, path, status, outcome }) => [method, path, status, outcome])
  expect(seen).toEqual([
    ['GET', '/a', 200, 'success'],
    ['HEAD', '/b', 200, 'success'],
    ['GET', '/empty', 200, 'success'],
    ['GET', '/odd', 400, 'failure'],
    ['GET', '/c', 200, 'success'],
    ['GET', '/last', 200, 'success'],
  ])
})

test('an answer that comes before the end of its request counts as one that went out', async () => {
  await exchange(port, request('POST /empty', { 'Content-Length': 100_000 }, 'abc'))
  await waitUntil(() => lines.length > 0)
  expect(told()).toEqual([expect.objectContaining({ outcome: 'success', status: 200 })])
})

test.each([
  ['plain', 'GET /a/b-c_d.e?q=1', { 'User-Agent': 'wrk/4 (x; y) [z] {w}' }],
  ['with quotes', 'GET /a"b', { 'User-Agent': 'a"b\\c' }],
  ['not of ASCII', 'GET /', { 'User-Agent': '\x9b31m\xff' }],
  ['of a failure', 'GET /odd', {}],
])('a line by hand is what JSON.stringify would write: %s', async (_, line, headers) => {
  await exchange(port, request(line, headers))
  await waitUntil(() => lines.length > 0)
  expect(lines).toEqual(lines.map(each => printable(JSON.stringify(JSON.parse(each)))))
})
