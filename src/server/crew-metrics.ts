import type { Worker } from 'node:cluster'
import { combine, type Snapshot } from '../observe/metrics/cells'
import type { Patience } from '../patience'
import { isOfMetrics, type ToWorker } from './metrics-messages'

/** A worker as the first process talks with it about metrics. */
export type CountingWorker = Pick<Worker, 'isConnected' | 'on' | 'once'> & {
  send(message: ToWorker): unknown
}

/**
 * What all workers of one first process counted. The first process serves nobody and counts nothing.
 *
 * A scrape asks every worker and waits `countedMs` at the most: of a worker that hangs it takes what
 * that worker told last. What a worker that is gone told last is kept, so no counter goes backwards.
 */
export class CrewMetrics {
  readonly #latest = new Map<CountingWorker, Snapshot>()
  readonly #workers = new Set<CountingWorker>()
  readonly #answers = new Map<number, Answers>()
  #gone: Snapshot = { sums: [], levels: [] }
  #questions = 0

  constructor(private readonly patience: Pick<Patience, 'countedMs'>) {}

  /** Follows a worker from its start to the end of its channel. */
  follow(worker: CountingWorker): void {
    this.#workers.add(worker)
    worker.on('message', (message: unknown) => {
      if (!isOfMetrics(message)) return
      if (message.metrics === 'gather') void this.#answer(worker, message.question)
      if (message.metrics !== 'counted') return
      this.#latest.set(worker, message.snapshot)
      this.#answers.get(message.question ?? 0)?.came(worker)
    })
    // Not `exit`: what a worker said at its end may still be on the way then.
    worker.once('disconnect', () => this.#retire(worker))
  }

  /** What each worker counted, and all those that are gone. */
  async gather(): Promise<readonly Snapshot[]> {
    const question = ++this.#questions
    const asked = [...this.#workers].filter(worker => worker.isConnected())
    const answers = new Answers(asked)
    this.#answers.set(question, answers)
    for (const worker of asked) worker.send({ metrics: 'count', question })
    await answers.within(this.patience.countedMs)
    this.#answers.delete(question)
    return [this.#gone, ...this.#latest.values()]
  }

  async #answer(worker: CountingWorker, question: number): Promise<void> {
    const snapshots = await this.gather()
    if (worker.isConnected()) worker.send({ metrics: 'gathered', snapshots, question })
  }

  #retire(worker: CountingWorker): void {
    const last = this.#latest.get(worker)
    this.#workers.delete(worker)
    this.#latest.delete(worker)
    // Its levels ended with it: no breaker of a process that is gone is open.
    if (last) this.#gone = combine([this.#gone, { sums: last.sums, levels: [] }])
    for (const answers of this.#answers.values()) answers.came(worker)
  }
}

/** Who has still to answer a question. */
class Answers {
  readonly #due: Set<CountingWorker>
  #done: () => void = () => {}

  constructor(asked: readonly CountingWorker[]) {
    this.#due = new Set(asked)
  }

  came(worker: CountingWorker): void {
    this.#due.delete(worker)
    if (this.#due.size === 0) this.#done()
  }

  within(ms: number): Promise<void> {
    return new Promise(resolve => {
      if (this.#due.size === 0) return resolve()
      const timer = setTimeout(resolve, ms)
      this.#done = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
