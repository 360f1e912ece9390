import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { transformSync } from '@swc/core'
import { freePort } from './databases'
import { STRETCHED } from './patience'
import { NODE_ARGUMENTS } from './server-process'

const ROOT = join(__dirname, '../..')

export interface RunningExample {
  readonly url: string
  readonly process: ChildProcess
  stop(): Promise<void>
}

/** The packages under which the tests know the two versions of Express. */
export const EXPRESS_VERSIONS = ['express', 'express4'] as const
export type ExpressVersion = (typeof EXPRESS_VERSIONS)[number]

/** Two of one test must not share a file. */
let written = 0

/**
 * Writes the JavaScript of an example where it finds `miniprogram-login` as every file of this package
 * does: only its types are taken off, and decorators are read as NestJS's compiler reads them.
 */
export function compileExample(path: string, express: ExpressVersion = 'express'): string {
  const source = readFileSync(join(ROOT, path), 'utf8')
  const { code } = transformSync(source, {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
  })
  const folder = join(ROOT, 'coverage/examples')
  mkdirSync(folder, { recursive: true })
  written++
  const file = join(folder, `${path.replaceAll('/', '-')}-${process.pid}-${written}.mjs`)
  const onFreePort = code.replace('.listen(3000)', '.listen(Number(process.env.PORT))')
  writeFileSync(file, onFreePort.replace("from 'express'", `from '${express}'`))
  return file
}

/** Runs an example that is a whole program, as its reader would. `cwd` is where its database goes. */
export async function runExample(
  path: string,
  { cwd, ...env }: Readonly<Record<string, string>>,
  express?: ExpressVersion,
): Promise<RunningExample> {
  const file = compileExample(path, express)
  const port = await freePort()
  const child = spawn(process.execPath, [...NODE_ARGUMENTS, file], {
    cwd,
    env: {
      ...{ PATH: process.env.PATH, TEST_PATIENCE: JSON.stringify(STRETCHED) },
      ...env,
      PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await untilItListens(child, `http://127.0.0.1:${port}`)
  return {
    url: `http://127.0.0.1:${port}`,
    process: child,
    async stop() {
      const gone = new Promise(resolve => child.once('exit', resolve))
      if (child.kill()) await gone
      rmSync(file)
    },
  }
}

async function untilItListens(child: ChildProcess, url: string): Promise<void> {
  let said = ''
  child.stdout?.on('data', chunk => (said += String(chunk)))
  child.stderr?.on('data', chunk => (said += String(chunk)))
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the example ended by ${child.exitCode}: ${said}`)
    const answer = await fetch(url).catch(() => undefined)
    if (answer) return
    await sleep(20)
  }
}
