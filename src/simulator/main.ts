#!/usr/bin/env node
import { greeting, readCommandLine, USAGE } from './command-line'
import { createSimulator } from './create-simulator'

/** A program may run for days; what people look at are the latest calls. */
const MAX_CALLS = 1000

async function main(): Promise<void> {
  const { port, host, apps, adopt, help } = readCommandLine(process.argv.slice(2))
  if (help) {
    process.stdout.write(USAGE)
    return
  }
  const simulator = createSimulator({
    ...(apps && { apps }),
    unknownCodes: adopt ? 'adopt' : 'refuse',
    maxCalls: MAX_CALLS,
  })
  process.stdout.write(greeting(await simulator.listen({ port, host }), apps))
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

// Whoever reads the greeting may close the pipe; the simulator goes on.
process.stdout.on('error', () => {})

main().catch(fail)
