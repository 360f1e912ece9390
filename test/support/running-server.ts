import type { LogSink } from '../../src/log-sink'
import type { Patience } from '../../src/patience'
import { type RunningServer, startServer } from '../../src/server/start'
import { STRETCHED } from './patience'

export interface InProcess extends RunningServer {
  /** All that it logged so far. */
  readonly lines: readonly string[]
  /** The log's lines of one event, parsed: for a server that logs JSON. */
  linesOf(event: string): Record<string, unknown>[]
}

/** The standalone server in this process, on a free port, logging JSON into an array. */
export async function startInProcess(
  env: Readonly<Record<string, string>> = {},
  patience: Partial<Patience> = {},
): Promise<InProcess> {
  const lines: string[] = []
  const sink: LogSink = {
    write: line => void lines.push(line),
    dropped: 0,
    flush: async () => {},
  }
  const usual = { PORT: '0', HOST: '127.0.0.1', DATABASE_URL: 'memory:', LOG_FORMAT: 'json' }
  // A busy machine must not refuse a test's logins because the event loop is late.
  const { lagMs } = STRETCHED
  const server = await startServer({
    env: { ...usual, ...env },
    sink,
    patience: { lagMs, ...patience },
  })
  return {
    ...server,
    lines,
    linesOf: event =>
      lines.map(line => JSON.parse(line)).filter(({ event: found }) => found === event),
  }
}
