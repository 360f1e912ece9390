import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Patience } from '../../src/patience'
import { STRETCHED, STRETCHED_WX_TIMEOUT_MS } from './patience'

const SERVER = join(__dirname, '../../dist/server/main.js')
/** What Node is told before the program: see `stretch-patience.js`. */
export const NODE_ARGUMENTS = ['--require', join(__dirname, 'stretch-patience.js')]

export interface ServerProcess {
  readonly child: ChildProcess
  readonly url: string
  /** All that it wrote so far, on both streams. */
  output(): string
  /** Sends a signal and resolves to the exit code, null after a kill. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Only what a test names: nothing of the machine's own settings reaches the server. */
function environment(env: NodeJS.ProcessEnv, patience: Partial<Patience>): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    PORT: '0',
    HOST: '127.0.0.1',
    WX_TIMEOUT_MS: String(STRETCHED_WX_TIMEOUT_MS),
    TEST_PATIENCE: JSON.stringify({ ...STRETCHED, ...patience }),
    ...env,
  }
}

/** The program and its arguments, under a limit of open descriptors where one is given. */
function command(descriptors: number | undefined): [string, string[]] {
  const node = [process.execPath, ...NODE_ARGUMENTS, SERVER]
  if (descriptors === undefined) return [process.execPath, node.slice(1)]
  return ['/bin/sh', ['-c', `ulimit -n ${descriptors} && exec "$0" "$@"`, ...node]]
}

/**
 * Starts the standalone server in a folder of its own and waits until it listens. Its deadlines are
 * stretched but for those in `patience`.
 *
 * @param descriptors the most that the process may have open. Default: as many as the test itself
 */
export async function startServer(
  env: NodeJS.ProcessEnv,
  cwd: string,
  patience: Partial<Patience> = {},
  descriptors?: number,
): Promise<ServerProcess> {
  const child = spawn(...command(descriptors), {
    cwd,
    env: environment(env, patience),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      const found = /listening.*?(http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1]
      if (found) resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    exited.then(code => reject(new Error(`the server ended with ${code}:\n${output}`)), reject)
  })
  return {
    child,
    url,
    output: () => output,
    stop(signal = 'SIGTERM') {
      child.kill(signal)
      return exited
    },
  }
}

/** Runs the server where it should refuse to start; resolves to its exit code and its words. */
export async function runServer(
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<{ code: number | null; output: string }> {
  try {
    const server = await startServer(env, cwd)
    await server.stop('SIGKILL')
    return { code: 0, output: server.output() }
  } catch (error) {
    const output = (error as Error).message
    return { code: Number(/ended with (\d+)/.exec(output)?.[1]), output }
  }
}
