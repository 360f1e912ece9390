import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { STRETCHED } from './patience'
import { NODE_ARGUMENTS } from './server-process'

const PROGRAM = join(__dirname, '../../dist/cli/main.js')

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly child: ChildProcess
  /** All that it wrote so far, on both streams. */
  output(): string
  /** Resolves once the output holds the text. Rejects when the program ends before. */
  until(text: string | RegExp): Promise<void>
  readonly ended: Promise<Ran>
}

/** Starts `miniprogram-login` in a folder. Nothing of the machine's own settings reaches it. */
export function startCommand(
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: NodeJS.ProcessEnv },
): Running {
  const child = spawn(process.execPath, [...NODE_ARGUMENTS, PROGRAM, ...args], {
    cwd,
    env: { PATH: process.env.PATH, TEST_PATIENCE: JSON.stringify(STRETCHED), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  const waiting = new Set<() => void>()
  const note = () => {
    for (const look of waiting) look()
  }
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    note()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
    note()
  })
  const ended = once(child, 'close').then(([code]): Ran => ({ code, out, err }))
  return {
    child,
    output: () => out + err,
    until: text =>
      new Promise((resolve, reject) => {
        const look = () => {
          const all = out + err
          if (typeof text === 'string' ? !all.includes(text) : !text.test(all)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
        ended.then(({ code }) => reject(new Error(`it ended with ${code}:\n${out}${err}`)), reject)
      }),
    ended,
  }
}

/** Runs `miniprogram-login` to its end. */
export function runCommand(
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<Ran> {
  return startCommand(args, options).ended
}
