import { once } from 'node:events'
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { drain } from '../../src/server/drain'

const LONG_MS = 60_000
const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

/** A server that answers at once, or, below /held, when the test says so. */
async function start() {
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  const server = createServer((req, res) => {
    if (req.url === '/held') void held.then(() => res.end('late'))
    else res.end('ok')
  })
  // As long as the grace: no connection ends because it idled.
  server.keepAliveTimeout = LONG_MS
  open.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { server, port, release }
}

const ask = (port: number, path: string, agent: Agent): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get({ port, path, agent }, answer => {
      answer.resume().on('end', () => resolve(answer))
    }).on('error', reject)
  })

/** A connection that idles after one answer. Resolves once it is closed. */
async function idle(port: number): Promise<{ closed: Promise<unknown> }> {
  const socket = net.connect(port, '127.0.0.1')
  const closed = once(socket, 'close')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(socket, 'data')
  return { closed }
}

test('until load balancers look elsewhere, clients are served as before and asked to close', async () => {
  const { server, port } = await start()
  const agent = new Agent({ keepAlive: true })
  expect((await ask(port, '/', agent)).headers.connection).toBe('keep-alive')
  let look = () => {}
  const lameDuck = new Promise<void>(resolve => {
    look = resolve
  })
  const drained = drain(server, { lameDuck, graceMs: LONG_MS })
  for (let i = 0; i < 5; i++) {
    const { statusCode, headers } = await ask(port, '/', agent)
    expect([statusCode, headers.connection]).toEqual([200, 'close'])
  }
  expect(server.listening).toBe(true)
  look()
  await drained
  expect(server.listening).toBe(false)
  await expect(ask(port, '/', agent)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('an idle connection is closed, and a request under way is answered first', async () => {
  const { server, port, release } = await start()
  const { closed } = await idle(port)
  const agent = new Agent({ keepAlive: true })
  const underWay = ask(port, '/held', agent)
  await once(server, 'request')
  let isOver = false
  const drained = drain(server, { lameDuck: Promise.resolve(), graceMs: LONG_MS }).then(() => {
    isOver = true
  })
  await closed
  expect(isOver).toBe(false)
  release()
  expect((await underWay).statusCode).toBe(200)
  await drained
  agent.destroy()
})

test('when the grace is over, what still hangs is cut off', async () => {
  const { server, port } = await start()
  const hanging = ask(port, '/held', new Agent())
  const cut = expect(hanging).rejects.toMatchObject({ code: 'ECONNRESET' })
  await once(server, 'request')
  await drain(server, { lameDuck: Promise.resolve(), graceMs: 20 })
  await cut
})

test('who was connected before the server stopped is answered, however many wait in the queue', async () => {
  const { server, port } = await start()
  const answers = Array.from({ length: 60 }, () => {
    const socket = net.connect(port, '127.0.0.1')
    socket.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    return new Promise<string>(resolve => {
      let text = ''
      socket.on('data', chunk => {
        text += chunk
      })
      socket.on('error', error => resolve(String(error))).on('close', () => resolve(text))
    })
  })
  // The system takes all of them, and the server none: it has no turn before the drain.
  await new Promise<void>(process.nextTick)
  await drain(server, { lameDuck: Promise.resolve(), graceMs: LONG_MS })
  for (const answer of await Promise.all(answers)) expect(answer).toContain('200 OK')
})
