import supertest from 'supertest'
import { readEnvironment } from '../../src/config/read-environment'
import { serve } from '../../src/server/serve'
import { createSimulator, SIMULATOR_APP, type Simulator } from '../../src/simulator/index'
import { STRETCHED } from '../support/patience'

let simulator: Simulator
beforeAll(async () => {
  simulator = createSimulator({ unknownCodes: 'adopt' })
  await simulator.listen()
})
afterAll(() => simulator.close())

const ENV = { DATABASE_URL: 'memory:', PORT: '0', HOST: '127.0.0.1', LOG_FORMAT: 'json' }

function contextOf(env: Readonly<Record<string, string>>) {
  const lines: string[] = []
  const log = { info() {}, warn() {}, error() {} }
  const sink = { write: (line: string) => void lines.push(line), dropped: 0, flush: async () => {} }
  const config = readEnvironment({ ...ENV, ...env }, SIMULATOR_APP)
  return { config, lines, log, sink, patience: STRETCHED, simulatorUrl: simulator.url }
}

test('a login goes to the simulator where one stands in, and leaves a request line', async () => {
  const context = contextOf({})
  const { port, stop } = await serve(context)
  const http = supertest(`http://127.0.0.1:${port}`)
  await http.post('/login').send({ code: 'sim-alice-1' }).expect(200)
  expect(simulator.calls.length).toBeGreaterThan(0)
  await stop({ atOnce: true })
  expect(context.lines.map(line => JSON.parse(line).path)).toEqual(['/login'])
})

test('the addresses of clients are believed from the proxies that the environment names', async () => {
  const context = contextOf({ TRUST_PROXY: 'loopback' })
  const { port, stop } = await serve(context)
  await supertest(`http://127.0.0.1:${port}`).get('/me').set('X-Forwarded-For', '192.0.2.7')
  await stop({ atOnce: true })
  expect(context.lines.map(line => JSON.parse(line).ip)).toEqual(['192.0.2.7'])
})

test('from the moment that it is told to stop, /readyz answers 503 and the rest goes on', async () => {
  const { port, stop } = await serve(contextOf({ PRESTOP_MS: '2000' }))
  const http = supertest(`http://127.0.0.1:${port}`)
  await http.get('/readyz').expect(200)
  const stopped = stop({ atOnce: false })
  await http.get('/readyz').expect(503)
  await http.post('/login').send({ code: 'sim-alice-2' }).expect(200)
  await stopped
})

test('a port that cannot be had rejects', async () => {
  const first = await serve(contextOf({}))
  await expect(serve(contextOf({ PORT: String(first.port) }))).rejects.toThrow(/PORT/)
  await first.stop({ atOnce: true })
})
