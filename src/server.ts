import cluster from 'node:cluster'
import { runCluster } from './cluster'
import { ConfigError, type LoginSettings } from './config'
import { devSecret } from './dev-secret'
import { withEnvFile } from './env-file'
import { readEnvironment, type ServerConfig } from './environment'
import { createOutput, type Output, onSignal, serve } from './serve'
import { createSimulator, SIMULATOR_APP } from './simulator'
import { welcome } from './welcome'

/** How the first process tells its workers where the simulator is. */
const SIMULATOR_URL = 'MINIPROGRAM_LOGIN_SIMULATOR_URL'

/** The standalone service: reads the environment, and serves in this process or in several. */
async function main(): Promise<void> {
  const config = readEnvironment(withEnvFile('.env', process.env))
  if (cluster.isWorker) return work(config)
  const simulator = config.settings.apps ? undefined : createSimulator({ unknownCodes: 'adopt' })
  await simulator?.listen()
  const settings = completeSettings(config, simulator?.url)
  const output = createOutput(config, settings)
  for (const warning of config.warnings) output.log.warn('configuration', { warning })
  const ready = (port: number) => announce(config, output, port, simulator?.url)
  if (config.workers === 1) {
    const signals = ['SIGTERM', 'SIGINT'] as const
    const onStop = async () => simulator?.close()
    ready(await serve({ config, settings, output, signals, onStop }))
  } else {
    lead(config, output, { [SIMULATOR_URL]: simulator?.url ?? '' }, ready)
  }
}

/** One of several processes. A terminal sends its interrupt to all of them: the first passes it on. */
async function work(config: ServerConfig): Promise<void> {
  const settings = completeSettings(config, process.env[SIMULATOR_URL])
  process.on('SIGINT', () => {})
  await serve({ config, settings, output: createOutput(config, settings), signals: ['SIGTERM'] })
}

/** The first of several processes: it serves nothing itself. */
function lead(
  { workers }: ServerConfig,
  { sink, log }: Output,
  env: Readonly<Record<string, string>>,
  onListening: (port: number) => void,
): void {
  const onEnd = (exitCode: number) => void sink.flush().then(() => process.exit(exitCode))
  const stop = runCluster({ workers, env, log, onListening, onEnd })
  onSignal(['SIGTERM', 'SIGINT'], log, stop)
}

/** Fills in what development may leave out; production was refused before it gets here. */
function completeSettings({ settings }: ServerConfig, simulatorUrl?: string): LoginSettings {
  const { appid, secret } = SIMULATOR_APP
  return {
    ...settings,
    apps: settings.apps ?? { [appid]: secret },
    jwtSecret: settings.jwtSecret ?? devSecret(settings.database),
    ...(simulatorUrl && { wxApiBaseUrl: simulatorUrl }),
  }
}

function announce(
  config: ServerConfig,
  { sink, log }: Output,
  port: number,
  simulatorUrl: string | undefined,
): void {
  const host = config.host ?? 'localhost'
  welcome({
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    config,
    simulatorUrl,
    log,
    write: config.logFormat === 'json' ? text => process.stderr.write(text) : sink.write,
  })
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
