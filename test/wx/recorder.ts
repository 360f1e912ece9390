import type { LoginEvent } from '../../src/events'
import type { Log, LogFields } from '../../src/log'

export interface Line extends Record<string, LogFields[string]> {
  level: string
  event: string
}

/** Hears what the code under test tells. */
export function createRecorder() {
  const told: LoginEvent[] = []
  const lines: Line[] = []
  const write =
    (level: string): Log['info'] =>
    (event, fields) =>
      void lines.push({ ...fields, level, event })
  const log: Log = { info: write('info'), warn: write('warn'), error: write('error') }
  return {
    told,
    lines,
    log,
    events: { tell: (event: LoginEvent) => void told.push(event) },
    /** All of it as text, to look for what must not be there. */
    text: () => JSON.stringify([told, lines]),
    forget() {
      told.length = 0
      lines.length = 0
    },
  }
}
