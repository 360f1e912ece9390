import cluster from 'node:cluster'
import type { Log } from './log'

export interface ClusterOptions {
  /** Processes that share the port. */
  workers: number
  /** What the workers get into their environment. */
  env: Readonly<Record<string, string>>
  log: Log
  /** Called once, when all workers listen. */
  onListening: (port: number) => void
  /** Called once, when the last worker is gone: 0 if they ended because they were told to. */
  onEnd: (exitCode: number) => void
}

/** After running this long a worker was well, and its successor starts at once. */
const HEALTHY_MS = 10_000
const MAX_DELAY_MS = 10_000

/**
 * Runs worker processes and replaces those that crash, at first at once and then with growing
 * pauses. If one cannot even start at the beginning, everything ends: what keeps it keeps them all.
 * Returns how to stop them.
 */
export function runCluster(options: ClusterOptions): () => void {
  const { workers, env, log, onListening, onEnd } = options
  let up = 0
  let announced = false
  let stopping = false
  let ended = false
  let failures = 0
  let exitCode = 0

  function fork(): void {
    const worker = cluster.fork(env)
    const startedAt = performance.now()
    worker.on('listening', ({ port }) => {
      up++
      if (up === workers && !announced) {
        announced = true
        onListening(port)
      }
    })
    worker.on('exit', (code, signal) => {
      // One that was still starting has no handler yet, and ends by the signal itself.
      const asTold = stopping && (code === 0 || signal === 'SIGTERM')
      if (!asTold && (!announced || stopping)) exitCode = 1
      if (!announced || stopping) {
        stop()
        endWhenGone()
        return
      }
      failures = performance.now() - startedAt > HEALTHY_MS ? 0 : failures + 1
      const delayMs = failures <= 1 ? 0 : Math.min(100 * 2 ** failures, MAX_DELAY_MS)
      log.error('worker_died', { pid: worker.process.pid, code, signal, restart_ms: delayMs })
      setTimeout(() => stopping || fork(), delayMs)
    })
  }

  function stop(): void {
    if (stopping) return
    stopping = true
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM')
    // All may have crashed and wait for their successors: then nobody is left to end.
    endWhenGone()
  }

  function endWhenGone(): void {
    if (ended || Object.keys(cluster.workers ?? {}).length > 0) return
    ended = true
    onEnd(exitCode)
  }

  for (let i = 0; i < workers; i++) fork()
  return stop
}
