import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { openTracing } from '../../src/observe/tracing'
import { createMemoryStore } from '../../src/store/memory/memory-store'
import { type Service, startService } from '../support/service'

const exporter = new InMemorySpanExporter()
let service: Service | undefined

function registerSdk(): void {
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register()
}
afterEach(async () => {
  await service?.close()
  service = undefined
  trace.disable()
  context.disable()
  exporter.reset()
})

const named = (name: string) => exporter.getFinishedSpans().filter(span => span.name === name)
const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId

async function startTraced(): Promise<Service> {
  registerSdk()
  service = await startService()
  exporter.reset()
  return service
}

test('a login is a span, and within it are what it asked WeChat and the store', async () => {
  const { simulator, http } = await startTraced()
  await http.post('/login').send({ code: simulator.mintCode() }).expect(200)
  const [login] = named('login')
  const [asked] = named('GET /sns/jscode2session')
  const [begun] = named('store sessions.begin')
  expect([asked, begun].map(span => span?.parentSpanContext?.spanId)).toEqual([
    idOf(login),
    idOf(login),
  ])
  expect(asked?.attributes).toEqual({
    'http.request.method': 'GET',
    'url.path': '/sns/jscode2session',
  })
  expect(begun?.attributes).toEqual({
    'db.system.name': 'memory',
    'db.operation.name': 'sessions.begin',
  })
})

test('a refusal has the name of its error, and only a fault has the status error', async () => {
  const { simulator, http } = await startTraced()
  simulator.fail({ errcode: 40029 })
  await http.post('/login').send({ code: 'one' }).expect(400)
  simulator.fail({ errcode: 40125 })
  await http.post('/login').send({ code: 'two' }).expect(500)
  simulator.fail({ transport: 'reset' })
  await http.post('/login').send({ code: 'three' })
  const [refused, misconfigured] = named('login')
  expect(refused?.attributes).toEqual({ 'error.type': 'code_invalid' })
  expect(refused?.status.code).toBe(SpanStatusCode.UNSET)
  expect(misconfigured?.attributes).toEqual({ 'error.type': 'misconfigured' })
  expect(misconfigured?.status.code).toBe(SpanStatusCode.ERROR)
  const cut = named('GET /sns/jscode2session').at(-1)
  expect(cut?.status.code).toBe(SpanStatusCode.ERROR)
  expect(cut?.attributes['error.type']).toBe('bad_answer')
})

test('no span holds a person, a code, a token or a query', async () => {
  const { simulator, http } = await startTraced()
  const code = simulator.mintCode({ user: 'alice' })
  const { body } = await http.post('/login').send({ code }).expect(200)
  await http.get('/me').set({ token: body.token }).expect(200)
  const spans = exporter.getFinishedSpans()
  const told = JSON.stringify(
    spans.map(({ name, attributes, events }) => [name, attributes, events]),
  )
  expect(spans.length).toBeGreaterThan(4)
  for (const secret of [code, body.token, String(simulator.user('alice').openid), '?', 'secret']) {
    expect(told).not.toContain(secret)
  }
})

test('without an SDK, and without the package, nothing is wrapped', () => {
  const store = createMemoryStore()
  const kinds = { database: 'memory', shared: 'memory' }
  const isMissing = () => {
    throw new Error('Cannot find module')
  }
  expect(openTracing('1').store(store, kinds)).toBe(store)
  expect(openTracing('1', isMissing).store(store, kinds)).toBe(store)
  registerSdk()
  expect(openTracing('1').store(store, kinds)).not.toBe(store)
})

test('with Redis an operation is told of the store that does it', async () => {
  registerSdk()
  const store = openTracing('1').store(createMemoryStore(), { database: 'mysql', shared: 'redis' })
  await store.users.find('nobody')
  await store.sessions.find({ id: 'a', userId: 'b' })
  expect(exporter.getFinishedSpans().map(span => span.attributes['db.system.name'])).toEqual([
    'mysql',
    'redis',
  ])
})
