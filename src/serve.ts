import { createApp } from './app'
import { checkSettings, type LoginSettings, secretsOf } from './config'
import type { ServerConfig } from './environment'
import { createHttpServer, drain } from './http/http-server'
import { createLog, createStdoutSink, type Log, type LogSink } from './log'

/** How long requests under way may take to finish once the process was told to stop. */
const DRAIN_MS = 10_000
/** On top of it: then the process ends, whatever still hangs. */
const LAST_RESORT_MS = 5000

export interface ServeOptions {
  config: ServerConfig
  /** The login settings, complete. */
  settings: LoginSettings
  output: Output
  /** The signals that stop this process. */
  signals: readonly NodeJS.Signals[]
  /** What else to close at the end. */
  onStop?: () => Promise<void>
}

/** Where one process writes. */
export interface Output {
  readonly sink: LogSink
  readonly log: Log
}

export function createOutput(config: ServerConfig, settings: LoginSettings): Output {
  const sink = createStdoutSink()
  const secrets = secretsOf(checkSettings(settings))
  return { sink, log: createLog({ format: config.logFormat, write: sink.write, secrets }) }
}

/** Serves in this process until it is told to stop. Resolves to the port once it listens. */
export async function serve(options: ServeOptions): Promise<number> {
  const { config, settings, output, signals, onStop } = options
  const { sink, log } = output
  let draining = false
  let exitCode = 0
  const { app, login } = await createApp({
    ...settings,
    log,
    isDraining: () => draining,
    sharedLimits: config.workers > 1,
    trustProxy: config.trustProxy,
    requestLog: { format: config.logFormat, write: sink.write },
  })
  const server = createHttpServer(app, log)
  const stop = once(async () => {
    draining = true
    const lameDuckMs = exitCode === 0 ? config.prestopMs : 0
    setTimeout(() => process.exit(1), lameDuckMs + DRAIN_MS + LAST_RESORT_MS)
    await drain(server, { lameDuckMs, graceMs: DRAIN_MS })
    await login.close()
    await onStop?.()
    log.info('stopped', { dropped_log_lines: sink.dropped })
    await sink.flush()
    process.exit(exitCode)
  })
  const end = () => stop().catch(() => process.exit(1))
  onSignal(signals, log, end)
  onFault(log, () => {
    exitCode = 1
    void end()
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.port, config.host, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address ? address.port : config.port
}

/** The first signal stops gracefully, a second one at once. */
export function onSignal(signals: readonly NodeJS.Signals[], log: Log, stop: () => void): void {
  let received = 0
  for (const signal of signals) {
    process.on(signal, () => {
      if (++received > 1) process.exit(1)
      log.info('stopping', { signal })
      stop()
    })
  }
}

/** A fault nobody caught: told without secrets, then out, for what state it left nobody knows. */
function onFault(log: Log, stop: () => void): void {
  const fail = (error: unknown) => {
    log.error('crash', { stack: error instanceof Error ? error.stack : String(error) })
    stop()
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= work()
    return running
  }
}
