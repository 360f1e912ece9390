import { readEnvironment } from '../config/read-environment'
import type { Environment } from '../config/read-variables'
import { secretsOf } from '../config/secrets-of'
import { createLog, type Log } from '../log'
import { createSink, createStreamSink, type LogSink } from '../log-sink'
import { PATIENCE, type Patience } from '../patience'
import type { MovingClock } from '../playground/moving-clock'
import type { Simulator } from '../simulator'
import { SIMULATOR_APP } from '../simulator/wechat/apps'
import { checkGuest } from './guest'
import type { ProcessContext, Started } from './process-context'
import { type Role, roleOf } from './role'
import { serve } from './serve'
import { welcome } from './welcome'
import { simulatorUrlOf, startWorkers } from './workers'

export interface StartOptions {
  /** All settings, by the names of `.env.example`. Nothing else is read from the process's own. */
  env: Environment
  /** Where log lines go. Default: standard output. */
  sink?: LogSink
  /** Deadlines and pauses other than the usual ones; for tests. */
  patience?: Partial<Patience>
  /** Is given the log as soon as there is one: a start may still fail after that. */
  onLog?: (log: Log) => void
}

/** People look only at the latest. */
const MOST_CALLS = 1000

/** Where the simulator listens, so that examples can name it; the next free port where it is taken. */
const SIMULATOR_PORT = 4000

/** A server that listens. */
export interface RunningServer {
  readonly url: string
  readonly port: number
  /** The server's own log, which shows no secret. */
  readonly log: Log
  /**
   * Stops without cutting anybody off, and releases everything. `atOnce` leaves out the time in
   * which the server serves on for the sake of load balancers (`PRESTOP_MS`). Rejects when something
   * still hangs after `drainMs` and `lastResortMs`.
   */
  stop(options?: { atOnce?: boolean }): Promise<void>
}

/**
 * Starts a server: from an environment to a port that listens, with `WORKERS` in several processes.
 * Installs no handler of signals and never ends the process.
 *
 * @throws ConfigError with every problem of the environment, by name, never by value
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { env, sink: givenSink, patience: given } = options
  const patience = { ...PATIENCE, ...given }
  const config = readEnvironment(env, SIMULATOR_APP)
  const role = roleOf(env)
  const isShared = config.server.workers > 1
  if (role === 'guest') checkGuest(config)
  const sink = givenSink ?? sinkOf(role, isShared, patience)
  const secrets = secretsOf(config.login)
  const log = createLog({ format: config.server.logFormat, write: sink.write, secrets })
  options.onLog?.(log)
  const parts = { config, log, sink, patience }
  try {
    return await (role === 'worker' ? startWorker(parts, env) : startFirst(parts, env))
  } catch (error) {
    // The process is about to end, and the log may say why.
    await sink.flush()
    throw error
  }
}

type Parts = Pick<ProcessContext, 'config' | 'log' | 'sink' | 'patience'>

async function startWorker(parts: Parts, env: Environment): Promise<RunningServer> {
  const context = { ...parts, simulatorUrl: simulatorUrlOf(env) }
  return running(context, await serve(context), async () => {})
}

async function startFirst(parts: Parts, env: Environment): Promise<RunningServer> {
  const { config, log } = parts
  const isShared = config.server.workers > 1
  for (const warning of config.warnings) log.warn('configuration', { warning })
  const clock = config.isSimulated && !isShared ? movingClock() : undefined
  const simulator = config.isSimulated ? simulatorWith(clock) : undefined
  await simulator?.listen({ port: SIMULATOR_PORT, orNext: true })
  const closeSimulator = async () => simulator?.close()
  const context = { ...parts, simulatorUrl: simulator?.url, clock }
  try {
    const started = await (isShared ? startWorkers(context, env) : serve(context))
    const server = running(context, started, closeSimulator)
    welcome(server.url, context)
    return server
  } catch (error) {
    await closeSimulator()
    throw error
  }
}

// A start in production loads nothing of the simulator and the playground: 53 files.

function movingClock(): MovingClock {
  const { createMovingClock } =
    require('../playground/moving-clock') as typeof import('../playground/moving-clock')
  return createMovingClock()
}

function simulatorWith(clock: MovingClock | undefined): Simulator {
  const { createSimulator } = require('../simulator') as typeof import('../simulator')
  const options = { unknownCodes: 'adopt', maxCalls: MOST_CALLS } as const
  return createSimulator(clock ? { ...options, now: clock.now } : options)
}

/** Standard output itself, but where whoever has the cluster takes what is written to the stream alone. */
function sinkOf(role: Role, isShared: boolean, { flushMs }: Patience): LogSink {
  if (role === 'guest') return createStreamSink(process.stdout, flushMs)
  return createSink({ fd: 1, flushMs, isShared })
}

function running(
  { config, log, sink, patience }: ProcessContext,
  { port, stop }: Started,
  closeSimulator: () => Promise<void>,
): RunningServer {
  let stopped: Promise<void> | undefined
  async function end(atOnce: boolean): Promise<void> {
    const lameDuckMs = atOnce ? 0 : config.server.prestopMs
    try {
      await within(lameDuckMs + patience.drainMs + patience.lastResortMs, stop({ atOnce }))
    } finally {
      await closeSimulator()
      log.info('stopped', { dropped_log_lines: sink.dropped })
      await sink.flush()
    }
  }
  return {
    url: urlOf(config.server.host ?? 'localhost', port),
    port,
    log,
    stop({ atOnce = false } = {}) {
      stopped ??= end(atOnce)
      return stopped
    },
  }
}

/** The promise, or a rejection when it takes too long. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${ms} ms`)), ms)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
