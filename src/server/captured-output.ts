import { Console } from 'node:console'
import { Writable } from 'node:stream'
import type { Log, LogFields } from '../log'

/** What others in this process print, on its way to our log. */
export interface CapturedOutput {
  /** From now on each text is a line of the log; those that came before are told at once. */
  tellTo(log: Log): void
}

interface Told {
  readonly event: 'node_warning' | 'printed'
  readonly fields: LogFields
}

/** Node says it once in each process that opens SQLite, and nobody can do anything about it. */
const SQLITE_IS_NEW = /^SQLite is an experimental feature/

/**
 * Takes what Node and drivers would print as plain text: between lines of JSON it breaks whoever
 * reads the log. Node's warnings, such as a deprecation that `pg` announces, become `node_warning`.
 * What a driver writes by `console`, as mysql2 does for an option that it does not know, becomes
 * `printed`. For the standalone process alone: it changes `console` and the listeners of warnings.
 */
export function captureOutput(): CapturedOutput {
  const waiting: Told[] = []
  let tell = (told: Told): void => void waiting.push(told)

  // Node's own listener prints. One of a library, or of an agent that `--require` loaded, is left.
  for (const listener of process.listeners('warning')) {
    if (listener.name === 'onWarning') process.off('warning', listener)
  }
  process.on('warning', ({ name, message, ...more }: Error & { code?: string }) => {
    if (SQLITE_IS_NEW.test(message)) return
    tell({ event: 'node_warning', fields: { name, code: more.code, message } })
  })
  const lines = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      tell({ event: 'printed', fields: { text: text.trimEnd() } })
      done()
    },
  })
  globalThis.console = new Console(lines)

  return {
    tellTo(log) {
      tell = ({ event, fields }) => log.warn(event, fields)
      for (const told of waiting.splice(0)) tell(told)
    },
  }
}
