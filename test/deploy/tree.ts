import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const ROOT = join(__dirname, '../..')

/** Files that git would hand to a clone, the changes at hand included. */
export function filesOfTree(): string[] {
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  return execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean)
}

/** What a fresh clone has, in a folder of its own. */
export function copyTree(folder: string): string {
  const to = join(folder, 'clone')
  for (const file of filesOfTree()) {
    mkdirSync(dirname(join(to, file)), { recursive: true })
    cpSync(join(ROOT, file), join(to, file))
  }
  return to
}

export interface Ran {
  readonly code: number | null
  /** What it wrote on both streams. */
  readonly output: string
}

/** Settings of jest, of npm around it and of these tests; the machine's own, such as its proxy, stay. */
const OF_JEST =
  /^(?:NODE_ENV|NODE_OPTIONS|NODE_PATH|FORCE_COLOR|TMPDIR|CI|INIT_CWD|(?:npm|JEST|TEST)_.*)$/

function environment(env: object): NodeJS.ProcessEnv {
  const machine = Object.entries(process.env).filter(([name]) => !OF_JEST.test(name))
  return {
    ...Object.fromEntries(machine),
    ...{ npm_config_audit: 'false', npm_config_fund: 'false', ...env },
  }
}

const LIMITS = { encoding: 'utf8', timeout: 240_000, maxBuffer: 64 * 1024 * 1024 } as const

/** Runs a program to its end, with nothing of jest's own settings in its environment. */
export function run(command: string, words: readonly string[], cwd: string, env = {}): Ran {
  const options = { cwd, env: environment(env), ...LIMITS }
  const { status, stdout, stderr, error } = spawnSync(command, words, options)
  return { code: status, output: `${stdout}${stderr}${error?.message ?? ''}` }
}

/** The same while the test does something else. */
export function runMeanwhile(
  command: string,
  words: readonly string[],
  cwd: string,
  env = {},
): Promise<Ran> {
  const options = { cwd, env: environment(env), ...LIMITS }
  return new Promise(resolve => {
    execFile(command, words, options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: `${stdout}${stderr}` })
    })
  })
}
