import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import supertest from 'supertest'
import { PROGRAMS } from '../../support/databases'

const FOLDER = join(__dirname, '../../../examples/other-languages')
const COMMANDS = { py: 'python3', java: 'java' } as const

/** A program of `examples/other-languages` that runs. */
export interface Running {
  readonly port: number
  /** Asks for an order with this token, and with these headers. */
  order(token?: string, headers?: Readonly<Record<string, string>>): Promise<supertest.Response>
  stop(): Promise<void>
}

/** Starts a program on a free port, and waits until it says that it listens. */
export async function startProgram(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<Running> {
  const kind = file.split('.').at(-1) as keyof typeof COMMANDS
  const command = String(PROGRAMS[COMMANDS[kind]])
  const child = spawn(command, [join(FOLDER, file)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env, PORT: '0' },
  })
  let output = ''
  const exited = once(child, 'exit')
  const port = await new Promise<number>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      output += chunk
      const found = /listening on (\d+)/.exec(output)?.[1]
      if (found) resolve(Number(found))
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${file} ended:\n${output}`)))
  })
  return {
    port,
    order(token, headers = {}) {
      const shown = token === undefined ? {} : { Authorization: `Bearer ${token}` }
      return supertest(`http://127.0.0.1:${port}`)
        .get('/orders')
        .set({ ...shown, ...headers })
    },
    async stop() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
