import cluster from 'node:cluster'
import { once } from 'node:events'
import { Agent, createServer, get, type Server } from 'node:http'
import net, { type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { limitConnections } from '../../src/server/connection-ceiling'
import { createRecorder } from '../wx/recorder'

let recorder: ReturnType<typeof createRecorder>
const sockets: Socket[] = []
let server: Server
let agent: Agent
beforeEach(() => {
  recorder = createRecorder()
  server = createServer((_req, res) => res.end('ok'))
  agent = new Agent({ keepAlive: true })
})
afterEach(async () => {
  agent.destroy()
  for (const socket of sockets.splice(0)) socket.destroy()
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
})

async function start(most: number, surplusMs = 60_000) {
  const ceiling = limitConnections(server, { most, patience: { surplusMs }, log: recorder.log })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return ceiling
}

/** Opens connections that say nothing; each ends up taken, or closed by the server. */
async function connect(count: number): Promise<Socket[]> {
  const { port } = server.address() as AddressInfo
  const opened = Array.from({ length: count }, () => net.connect(port, '127.0.0.1'))
  for (const socket of opened) socket.on('error', () => {})
  sockets.push(...opened)
  await Promise.all(opened.map(socket => once(socket, 'connect')))
  return opened
}
const openNow = () => new Promise<number>(resolve => server.getConnections((_, n) => resolve(n)))
const until = async (isTrue: () => boolean | Promise<boolean>) => {
  while (!(await isTrue())) await sleep(2)
}

const ask = (): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo
    get({ port, agent }, answer => {
      answer.resume().on('end', () => resolve(answer.headers.connection))
    }).on('error', reject)
  })

test('one connection more than the ceiling is closed, and those before are kept', async () => {
  await start(20)
  const opened = await connect(30)
  await until(() => opened.filter(({ closed }) => closed).length === 10)
  expect(await openNow()).toBe(20)
})

test('in a worker the process itself closes it: Node would offer it to all workers for ever', async () => {
  const isWorker = jest.replaceProperty(cluster, 'isWorker', true)
  await start(20)
  isWorker.restore()
  expect(server.maxConnections).toBeUndefined()
  const opened = await connect(30)
  await until(() => opened.filter(({ closed }) => closed).length === 10)
  expect(await openNow()).toBe(20)
})

test('the last few connections get one answer each, so that a prober hears how things stand', async () => {
  const ceiling = await start(20)
  expect(await ask()).toBe('keep-alive')
  agent.destroy()
  await until(async () => (await openNow()) === 0)
  await connect(12)
  await until(() => ceiling.isShort())
  for (let i = 0; i < 3; i++) expect(await ask()).toBe('close')
})

test('a connection beyond the kept ones that asks nothing makes room for another', async () => {
  await start(20, 10)
  const kept = await connect(12)
  await until(async () => (await openNow()) === 12)
  const silent = await connect(8)
  await until(() => silent.every(({ closed }) => closed))
  expect(kept.some(({ closed }) => closed)).toBe(false)
})

test('short is told once, and stays until a tenth of the connections is free', async () => {
  const ceiling = await start(28)
  const opened = await connect(21)
  await until(() => ceiling.isShort())
  for (const socket of opened.splice(0, 2)) socket.destroy()
  await until(async () => (await openNow()) === 19)
  expect(ceiling.isShort()).toBe(true)
  for (const socket of opened.splice(0, 2)) socket.destroy()
  await until(() => !ceiling.isShort())
  expect(recorder.lines.map(({ level, event }) => [level, event])).toEqual([
    ['warn', 'connections_short'],
    ['info', 'connections_enough'],
  ])
})
