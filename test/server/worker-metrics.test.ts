import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FromWorker, ToWorker } from '../../src/server/metrics-messages'
import { type Channel, WorkerMetrics } from '../../src/server/worker-metrics'

const NEVER = { gatherMs: 600_000, tellCountedMs: 600_000 }
const OWN = { sums: [1, 2], levels: [0] }

/** A first process that hears everything, and answers what the test says. */
class FirstProcess extends EventEmitter implements Channel {
  connected = true
  readonly heard: FromWorker[] = []

  send(message: FromWorker, _handle: undefined, _options: object, done: () => void): void {
    this.heard.push(message)
    done()
  }
  say(message: ToWorker | object): void {
    this.emit('message', message)
  }
}

let first: FirstProcess
let worker: WorkerMetrics | undefined
beforeEach(() => {
  first = new FirstProcess()
})
afterEach(() => worker?.stop())

function connect(patience = NEVER) {
  worker = new WorkerMetrics(patience, first)
  return worker.connect(() => OWN)
}

test('a worker says what it counted when it is asked, and to which question', () => {
  connect()
  first.say({ cmd: 'of somebody else' })
  first.say({ metrics: 'count', question: 7 })
  expect(first.heard).toEqual([{ metrics: 'counted', snapshot: OWN, question: 7 }])
})

test('it says so by itself, too, for the case that it crashes', async () => {
  connect({ ...NEVER, tellCountedMs: 5 })
  while (first.heard.length === 0) await sleep(5)
  expect(first.heard[0]).toEqual({ metrics: 'counted', snapshot: OWN })
})

test('and at its end, after which it is silent', async () => {
  connect()
  await worker?.stop()
  first.say({ metrics: 'count', question: 1 })
  expect(first.heard).toEqual([{ metrics: 'counted', snapshot: OWN }])
})

test('it gives what the first process gathered, each caller the answer to its own question', async () => {
  const gather = connect()
  const asked = [gather(), gather()]
  const questions = first.heard.map(({ question }) => question as number)
  expect(new Set(questions).size).toBe(2)
  for (const question of questions.reverse()) {
    first.say({ metrics: 'gathered', snapshots: [{ sums: [question], levels: [] }], question })
  }
  const [one, two] = await Promise.all(asked)
  expect([one?.[0]?.sums, two?.[0]?.sums]).toEqual([[questions[1]], [questions[0]]])
})

test('a first process that hangs, or is gone, makes a scrape fail: a part of the counts would be a lie', async () => {
  const gather = connect({ ...NEVER, gatherMs: 10 })
  await expect(gather()).rejects.toMatchObject({ code: 'overloaded', reason: 'metrics' })
  first.connected = false
  await expect(gather()).rejects.toMatchObject({ code: 'overloaded' })
})
