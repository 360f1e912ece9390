import { EventEmitter } from 'node:events'
import { combine, type Snapshot } from '../../src/observe/metrics/cells'
import { type CountingWorker, CrewMetrics } from '../../src/server/crew-metrics'
import type { ToWorker } from '../../src/server/metrics-messages'

/** A worker that answers with its counts, or hangs. */
class FakeWorker extends EventEmitter {
  hangs = false
  isGone = false
  readonly heard: ToWorker[] = []

  constructor(readonly counts: { sums: number[]; levels: number[] }) {
    super()
  }
  isConnected(): boolean {
    return !this.isGone
  }
  send(message: ToWorker): void {
    this.heard.push(message)
    if (message.metrics === 'count' && !this.hangs) setImmediate(() => this.tell(message.question))
  }
  tell(question?: number): void {
    const snapshot = structuredClone(this.counts)
    this.emit('message', { metrics: 'counted', snapshot, ...(question && { question }) })
  }
  end(): void {
    this.isGone = true
    this.emit('disconnect')
  }
}

const NEVER_MS = 600_000

function crewOf(workers: readonly FakeWorker[], countedMs = NEVER_MS) {
  const crew = new CrewMetrics({ countedMs })
  for (const worker of workers) crew.follow(worker as unknown as CountingWorker)
  return crew
}
const total = async (crew: CrewMetrics): Promise<Snapshot> => combine(await crew.gather())

test('all workers are asked, and counted together', async () => {
  const workers = [3, 4].map(n => new FakeWorker({ sums: [n], levels: [n - 3] }))
  expect(await total(crewOf(workers))).toEqual({ sums: [7], levels: [1] })
})

test('a worker that hangs is waited for so long, and counts as it told last', async () => {
  const well = new FakeWorker({ sums: [1], levels: [0] })
  const hung = new FakeWorker({ sums: [5], levels: [0] })
  const crew = crewOf([well, hung], 20)
  hung.tell()
  hung.hangs = true
  well.counts.sums[0] = 2
  expect((await total(crew)).sums).toEqual([7])
})

test('what a worker told by itself is no answer to a question: it may have left before', async () => {
  const worker = new FakeWorker({ sums: [1], levels: [0] })
  worker.hangs = true
  const crew = crewOf([worker])
  const scrape = total(crew)
  worker.tell()
  worker.counts.sums[0] = 2
  worker.tell(1)
  expect((await scrape).sums).toEqual([2])
})

test('a worker that is gone keeps its counts, and its successor begins at zero: no counter goes back', async () => {
  const first = new FakeWorker({ sums: [5], levels: [1] })
  const crew = crewOf([first])
  expect(await total(crew)).toEqual({ sums: [5], levels: [1] })
  first.counts.sums[0] = 6
  first.tell()
  first.end()
  // Its breaker is gone with it.
  expect(await total(crew)).toEqual({ sums: [6], levels: [] })
  const next = new FakeWorker({ sums: [1], levels: [0] })
  crew.follow(next as unknown as CountingWorker)
  expect(await total(crew)).toEqual({ sums: [7], levels: [0] })
})

test('a worker that ends while it is asked keeps nobody waiting', async () => {
  const worker = new FakeWorker({ sums: [5], levels: [] })
  worker.hangs = true
  const crew = crewOf([worker])
  worker.tell()
  const scrape = total(crew)
  worker.end()
  expect((await scrape).sums).toEqual([5])
})

test('the worker that was scraped hears the answer to its question', async () => {
  const worker = new FakeWorker({ sums: [5], levels: [] })
  crewOf([worker])
  worker.emit('message', { metrics: 'gather', question: 9 })
  worker.emit('message', { cmd: 'of somebody else' })
  while (worker.heard.length < 2) await new Promise(setImmediate)
  expect(worker.heard[1]).toMatchObject({ metrics: 'gathered', question: 9 })
})
