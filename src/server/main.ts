import './no-inspector'
import { ConfigError } from '../config/config-error'
import { withEnvFile } from '../config/env-file'
import { PATIENCE } from '../patience'
import { captureOutput } from './captured-output'
import { roleOf } from './role'
import { onFault, onSignals } from './signals'
import { startServer } from './start'

/** The standalone service. Runs as the first process, and again in each worker. */
async function main(): Promise<void> {
  const output = captureOutput()
  const isWorker = roleOf(process.env) === 'worker'
  // A worker was given all settings of the first process, those of its .env included.
  const starting = startServer({
    env: isWorker ? process.env : withEnvFile('.env', process.env),
    onLog: log => output.tellTo(log),
  })
  let exitCode = 0
  async function end(atOnce: boolean): Promise<void> {
    // A start that never ends, such as one before a hung database, must not outlive its signal.
    const giveUp = setTimeout(() => process.exit(1), PATIENCE.drainMs + PATIENCE.lastResortMs)
    const server = await starting
    clearTimeout(giveUp)
    await server.stop({ atOnce })
    process.exit(exitCode)
  }
  const stop = (atOnce: boolean) => void end(atOnce).catch(() => process.exit(1))
  // A terminal sends its interrupt to every process. A worker leaves it to the first process.
  if (isWorker) process.on('SIGINT', () => {})
  onSignals(isWorker ? ['SIGTERM'] : ['SIGTERM', 'SIGINT'], signal => {
    starting.then(
      ({ log }) => log.info('stopping', { signal }),
      () => {},
    )
    stop(false)
  })
  const { log } = await starting
  // What PM2 waits for (wait_ready) before it stops the instance that this one replaces.
  if (!isWorker) process.send?.('ready', undefined, {}, () => {})
  onFault(log, () => {
    exitCode = 1
    stop(true)
  })
}

/** In words for the person who starts it. Only a fault of ours needs its stack. */
function reasonOf(error: unknown): unknown {
  if (error instanceof ConfigError) return error.message
  return error instanceof Error ? error.stack : error
}

main().catch((error: unknown) => {
  process.stderr.write(`miniprogram-login cannot start: ${reasonOf(error)}\n`)
  process.exit(1)
})
