import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommandLine } from '../../src/cli/program'
import { runCommand } from '../support/command-line'
import { temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
afterAll(() => folder.remove())
const run = (...args: string[]) => runCommand(args, { cwd: folder.path })
const COMMANDS = [
  'doctor',
  'init',
  'dev',
  'start',
  'simulator',
  'explain',
  'users',
  'keys',
  'client',
  'scan',
  'store',
]

test('without a command it says which there are, on standard error, and exits with 2', async () => {
  const { code, out, err } = await run()
  expect({ code, out }).toEqual({ code: 2, out: '' })
  for (const name of COMMANDS) expect(err).toContain(`\n  ${name}`)
})

test('--help and --version are data, and all is well', async () => {
  const help = await run('--help')
  expect(help).toMatchObject({ code: 0, err: '' })
  expect(help.out).toContain('例 / examples:')
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'))
  expect(await run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
})

test.each([
  [['nonsense']],
  [['init', 'surplus']],
  [['start', '--bad']],
  [['simulator', '--port', 'x']],
  // Before it looks for a database: here is none.
  [['users', 'list', '--appid', 'wx1']],
])('%j is wrong usage: exit code 2, nothing on standard output', async args => {
  const { code, out, err } = await run(...args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).not.toContain('    at ')
})

test.each(COMMANDS.filter(name => name !== 'simulator'))(
  'the help of %s teaches by an example',
  async name => {
    const { code, out } = await run(name, '--help')
    expect(code).toBe(0)
    expect(out).toContain(`  miniprogram-login ${name}`)
  },
)

test.each(['show', 'sessions', 'export', 'logout', 'disable', 'enable', 'erase', 'list'])(
  'the help of users %s teaches by an example',
  async name => {
    const { code, out } = await run('users', name, '--help')
    expect(code).toBe(0)
    expect(out).toContain(`  miniprogram-login users ${name}`)
  },
)

test.each([[['explain']], [['users', 'show']], [['simulator']], [['scan']]])(
  '%j refuses an option that it does not have by its name, and says where to read on',
  async command => {
    const { code, err } = await run(...command, '--nonsense')
    expect(code).toBe(2)
    expect(err).toMatch(/^error: unknown option '--nonsense'\n.*--help/i)
  },
)

test('a fault of ours is told with its stack, and exits with 1', async () => {
  const said: string[] = []
  const print = () => {
    throw new TypeError('no paper')
  }
  const terminal = {
    print,
    say: (text: string) => void said.push(text),
    isInteractive: false,
    hasColours: false,
    ask: async () => '',
  }
  expect(await runCommandLine(['--help'], terminal)).toBe(1)
  expect(said.join()).toContain('TypeError: no paper')
})
