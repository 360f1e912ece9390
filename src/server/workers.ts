import cluster, { type Worker } from 'node:cluster'
import { join } from 'node:path'
import type { Environment } from '../config/read-variables'
import { VARIABLES } from '../config/variables'
import { CrewMetrics } from './crew-metrics'
import type { ProcessContext, Started } from './process-context'
import { SIMULATOR_URL } from './role'

/** Where the simulator of the first process answers, in the environment that a worker was given. */
export function simulatorUrlOf(env: Environment): string | undefined {
  return env[SIMULATOR_URL] || undefined
}

/**
 * Starts worker processes that share the port, and resolves when all of them listen. A worker that
 * cannot start keeps the whole cluster from starting. Later a worker that crashes is replaced.
 */
export async function startWorkers(context: ProcessContext, env: Environment): Promise<Started> {
  cluster.setupPrimary({ exec: join(__dirname, 'main.js') })
  const crew = new Crew(workerEnvironment(context, env), context)
  try {
    const port = await crew.start(context.config.server.workers)
    return { port, stop: () => crew.stop() }
  } catch (error) {
    await crew.stop().catch(() => {})
    throw error
  }
}

/**
 * What a worker gets into its environment. A worker inherits the variables of the first process:
 * those that are ours and were not among the settings are emptied, which counts as unset.
 */
export function workerEnvironment({ config, simulatorUrl = '' }: ProcessContext, env: Environment) {
  const inherited = VARIABLES.flatMap(name => [name, `${name}_FILE`])
  const emptied = Object.fromEntries(inherited.map(name => [name, '']))
  const given = Object.entries(env).filter(([, value]) => value !== undefined)
  return {
    ...emptied,
    ...Object.fromEntries(given),
    [SIMULATOR_URL]: simulatorUrl,
    // Made by the first process. Without a file beside the database, each worker would make its own.
    ...(config.hasDevSecret && { JWT_SECRET: config.login.jwtSecret }),
  }
}

/** The workers of one first process. */
class Crew {
  /** Whether all workers have listened once. From then on a worker that ends is replaced. */
  private isUp = false
  private isStopping = false
  private hasFailed = false
  /** Workers in a row that ended before they counted as healthy. */
  private failures = 0
  /** `cluster.workers` would not do: there a worker that ended may stay until its channel closes. */
  private readonly alive = new Set<Worker>()
  private readonly onGone: (() => void)[] = []
  private readonly metrics: CrewMetrics

  constructor(
    private readonly env: object,
    private readonly context: ProcessContext,
  ) {
    this.metrics = new CrewMetrics(context.patience)
  }

  /** Resolves to the port once all workers listen. Rejects when one ends before. */
  start(workers: number): Promise<number> {
    return new Promise((resolve, reject) => {
      let listening = 0
      for (let i = 0; i < workers; i++) {
        const worker = this.fork()
        worker.once('listening', ({ port }) => {
          if (++listening < workers) return
          this.isUp = true
          resolve(port)
        })
        worker.once('exit', () => {
          reject(new Error('a worker could not start; its own message stands above'))
        })
      }
    })
  }

  private fork(): Worker {
    const worker = cluster.fork(this.env)
    const startedAt = performance.now()
    this.alive.add(worker)
    this.metrics.follow(worker)
    worker.once('exit', (code, signal) => {
      this.alive.delete(worker)
      if (this.isUp && !this.isStopping) {
        this.replace(worker, performance.now() - startedAt, code, signal)
      } else this.leave(code, signal)
    })
    return worker
  }

  /** Ends all workers. Rejects when one of them did not end as it was told to. */
  async stop(): Promise<void> {
    this.isStopping = true
    for (const worker of this.alive) worker.process.kill('SIGTERM')
    // All may have crashed and wait for their successors: then nobody is left to end.
    if (this.alive.size > 0) await new Promise<void>(resolve => this.onGone.push(resolve))
    if (this.hasFailed) throw new Error('a worker did not end as it was told to')
  }

  private leave(code: number, signal: string): void {
    // A worker that was still starting has no handler yet, and ends by the signal itself.
    if (code !== 0 && signal !== 'SIGTERM') this.hasFailed = true
    if (this.alive.size === 0) for (const tell of this.onGone) tell()
  }

  /** Starts a successor: at first at once, then with growing pauses, so that no crash loops tightly. */
  private replace(worker: Worker, livedMs: number, code: number, signal: string): void {
    const { log, patience } = this.context
    this.failures = livedMs > patience.healthyWorkerMs ? 0 : this.failures + 1
    const pauseMs =
      this.failures <= 1 ? 0 : Math.min(100 * 2 ** this.failures, patience.workerPauseMs)
    log.error('worker_died', { worker: worker.process.pid, code, signal, restart_ms: pauseMs })
    setTimeout(() => this.isStopping || this.fork(), pauseMs)
  }
}
