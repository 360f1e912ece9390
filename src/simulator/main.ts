#!/usr/bin/env node
import { certificateIn } from './certificate'
import { greeting, readCommandLine, USAGE } from './command-line'
import { createSimulator } from './wechat/create-simulator'

const USUAL_PORT = 4000

/** The program may run for days, and people look only at the latest calls. */
const MAX_CALLS = 1000

async function main(): Promise<void> {
  const { port, host, apps, adopt, tls, help } = readCommandLine(process.argv.slice(2))
  if (help) {
    process.stdout.write(USAGE)
    return
  }
  const certificate = tls === undefined ? undefined : certificateIn(tls)
  const simulator = createSimulator({
    ...(apps && { apps }),
    unknownCodes: adopt ? 'adopt' : 'refuse',
    maxCalls: MAX_CALLS,
    ...(certificate && { tls: certificate }),
  })
  const place = port === undefined ? { port: USUAL_PORT, orNext: true } : { port }
  const url = await simulator.listen({ ...place, host })
  process.stdout.write(greeting(url, apps, certificate?.path))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      simulator.close().catch(fail)
    })
  }
}

function fail(error: unknown): void {
  const { code, message } = error as NodeJS.ErrnoException
  const text =
    code === 'EADDRINUSE'
      ? `${message}\nAnother program has this port: choose one with --port.`
      : message
  process.stderr.write(`wechat-simulator: ${text}\n`)
  process.exitCode = 1
}

// A reader of the greeting may close the pipe. The simulator goes on.
process.stdout.on('error', () => {})

main().catch(fail)
