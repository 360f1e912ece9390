import { createApp } from './app'
import { ConfigError, checkSettings, type LoginSettings, secretsOf } from './config'
import { devSecret } from './dev-secret'
import { withEnvFile } from './env-file'
import { readEnvironment, type ServerConfig } from './environment'
import { createHttpServer, drain } from './http/http-server'
import { createLog, createStdoutSink, type Log } from './log'
import { createSimulator, SIMULATOR_APP, type Simulator } from './simulator'
import { welcome } from './welcome'

/** How long requests under way may take to finish once the process was told to stop. */
const DRAIN_MS = 10_000
/** On top of it: then the process ends, whatever still hangs. */
const LAST_RESORT_MS = 5000

/** The standalone service: reads the environment, listens, and stops when told to. */
async function main(): Promise<void> {
  const config = readEnvironment(withEnvFile('.env', process.env))
  const simulator = config.settings.apps ? undefined : await startSimulator()
  const settings = completeSettings(config, simulator)
  const sink = createStdoutSink()
  const log = createLog({
    format: config.logFormat,
    write: sink.write,
    secrets: secretsOf(checkSettings(settings)),
  })
  for (const warning of config.warnings) log.warn('configuration', { warning })

  let draining = false
  const { app, login } = await createApp({
    ...settings,
    log,
    isDraining: () => draining,
    trustProxy: config.trustProxy,
    requestLog: { format: config.logFormat, write: sink.write },
  })
  const server = createHttpServer(app, log)
  const stop = once(async (exitCode: number) => {
    draining = true
    const lameDuckMs = exitCode === 0 ? config.prestopMs : 0
    setTimeout(() => process.exit(1), lameDuckMs + DRAIN_MS + LAST_RESORT_MS)
    await drain(server, { lameDuckMs, graceMs: DRAIN_MS })
    await login.close()
    await simulator?.close()
    log.info('stopped', { dropped_log_lines: sink.dropped })
    await sink.flush()
    process.exit(exitCode)
  })
  handleSignals(stop, log)
  handleFaults(stop, log)

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.port, config.host, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : config.port
  const host = config.host ?? 'localhost'
  welcome({
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    config,
    simulator,
    log,
    write: config.logFormat === 'json' ? text => process.stderr.write(text) : sink.write,
  })
}

async function startSimulator(): Promise<Simulator> {
  const simulator = createSimulator({ unknownCodes: 'adopt' })
  await simulator.listen()
  return simulator
}

/** Fills in what development may leave out; production was refused before it gets here. */
function completeSettings({ settings }: ServerConfig, simulator?: Simulator): LoginSettings {
  const { appid, secret } = SIMULATOR_APP
  return {
    ...settings,
    apps: settings.apps ?? { [appid]: secret },
    jwtSecret: settings.jwtSecret ?? devSecret(settings.database),
    ...(simulator && { wxApiBaseUrl: simulator.url }),
  }
}

type Stop = (exitCode: number) => Promise<void>

/** The first signal stops gracefully, a second one at once. */
function handleSignals(stop: Stop, log: Log): void {
  let signals = 0
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (++signals > 1) process.exit(1)
      log.info('stopping', { signal })
      stop(0).catch(() => process.exit(1))
    })
  }
}

/** A fault nobody caught: told without secrets, then out, for what state it left nobody knows. */
function handleFaults(stop: Stop, log: Log): void {
  const fail = (error: unknown) => {
    log.error('crash', { stack: error instanceof Error ? error.stack : String(error) })
    stop(1).catch(() => process.exit(1))
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
}

function once(work: Stop): Stop {
  let running: Promise<void> | undefined
  return exitCode => {
    running ??= work(exitCode)
    return running
  }
}

const LISTEN_HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is taken: set PORT to another one, or stop what listens there',
  EACCES: 'PORT: this user may not listen on so low a port; take one above 1023',
  EADDRNOTAVAIL: 'HOST: this machine has no such address',
  ENOTFOUND: 'HOST: there is no such name',
  EAI_AGAIN: 'HOST: there is no such name',
}

main().catch((error: unknown) => {
  const { code = '' } = error as NodeJS.ErrnoException
  const text =
    error instanceof ConfigError
      ? error.message
      : (LISTEN_HINTS[code] ?? (error instanceof Error ? error.stack : String(error)))
  process.stderr.write(`miniprogram-login cannot start: ${text}\n`)
  process.exit(1)
})
