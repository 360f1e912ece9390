import { unwatchFile, watchFile } from 'node:fs'
import { ConfigError } from '../config/config-error'
import { withEnvFile } from '../config/env-file'
import { readEnvironment } from '../config/read-environment'
import type { Environment } from '../config/read-variables'
import { createSink, type LogSink } from '../log-sink'
import { onSignals } from '../server/signals'
import { type RunningServer, startServer } from '../server/start'
import { SIMULATOR_APP } from '../simulator'
import { type AddCommand, examples } from './command'
import type { Terminal } from './terminal'

const FILE = '.env'
/** Editors replace a file as often as they write into it: looking at it finds both. */
const LOOK_EVERY_MS = 250

/** `dev`: the service for the desk: starts again when `.env` changes, and is easy to read. */
export const addDev: AddCommand = (program, { terminal, end }) => {
  program
    .command('dev')
    .description(
      '开发：改了 .env 自动重启，日志好读 · for development: starts again when .env changes, with a log for people',
    )
    .addHelpText(
      'after',
      examples(
        'miniprogram-login dev                  # 没填凭据就用内置模拟器 · without credentials the simulator answers',
      ),
    )
    .action(async () => end(await serveAtDesk(terminal)))
}

async function serveAtDesk(terminal: Terminal): Promise<number> {
  const env = environment()
  if (env.NODE_ENV === 'production') {
    terminal.say('NODE_ENV=production：请用 start · NODE_ENV is production: use start')
    return 1
  }
  const desk = new Desk(terminal)
  await desk.start(env)
  watchFile(FILE, { interval: LOOK_EVERY_MS }, () => void desk.reload())
  onSignals(['SIGTERM', 'SIGINT'], () => {
    unwatchFile(FILE)
    desk.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  })
  return 0
}

function environment(): Environment {
  return { LOG_FORMAT: 'dev', ...withEnvFile(FILE, process.env) }
}

/** A server and the settings that it runs with. One change is dealt with at a time. */
class Desk {
  readonly #terminal: Terminal
  readonly #sink: LogSink
  #server: RunningServer | undefined
  #env: Environment = {}
  #work: Promise<void> = Promise.resolve()

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    this.#sink = prettySink(createSink({ fd: 1 }), terminal.hasColours)
  }

  async start(env: Environment): Promise<void> {
    this.#env = env
    this.#server = await startServer({ env, sink: this.#sink })
  }

  reload(): Promise<void> {
    this.#work = this.#work.then(() => this.#change())
    return this.#work
  }

  async stop(): Promise<void> {
    await this.#work
    await this.#server?.stop({ atOnce: true })
  }

  /** Settings that cannot be used leave the running server alone: a file is often saved half done. */
  async #change(): Promise<void> {
    const { say } = this.#terminal
    try {
      const env = environment()
      if (JSON.stringify(env) === JSON.stringify(this.#env)) return
      readEnvironment(env, SIMULATOR_APP)
      say('.env 已改，重启 · .env has changed: starting again')
      await this.#server?.stop({ atOnce: true })
      this.#server = undefined
      await this.start(env)
    } catch (error) {
      const words = error instanceof ConfigError ? error.message : String(error)
      const now = this.#server
        ? '仍按旧设置运行 · the old settings still serve'
        : '未运行 · not running'
      say(`${words}\n${now}`)
    }
  }
}

const PAINT: readonly (readonly [RegExp, number])[] = [
  [/^error | 5\d\d /, 31],
  [/^warn | 4\d\d /, 33],
]

/** Lines with the time in front, and in the colour of what went wrong. */
export function prettySink(sink: LogSink, hasColours: boolean, now = () => new Date()): LogSink {
  return {
    write(line) {
      const time = now().toTimeString().slice(0, 8)
      const colour = hasColours ? PAINT.find(([pattern]) => pattern.test(line))?.[1] : undefined
      const text = line.startsWith('{') || line.startsWith('\n') ? line : `${time} ${line}`
      sink.write(colour === undefined ? text : `\u001b[${colour}m${text}\u001b[0m`)
    },
    get dropped() {
      return sink.dropped
    },
    flush: () => sink.flush(),
  }
}
