import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { temporaryFolder } from '../support/temporary'

const ROOT = join(__dirname, '../..')
const fromAttw = createRequire(require.resolve('@arethetypeswrong/cli/package.json'))
/** TypeScript 5. Version 7, which we build with, has no `node10` any more; users of 4 and 5 have. */
const TSC = createRequire(fromAttw.resolve('@arethetypeswrong/core')).resolve(
  'typescript/lib/tsc.js',
)

/** A compiler on a busy machine takes its time. */
jest.setTimeout(120_000)

const project = temporaryFolder()
afterAll(() => project.remove())

/** Installs the packed tarball into the project, beside the types of Node. */
beforeAll(() => {
  const home = join(project.path, 'node_modules/miniprogram-login')
  mkdirSync(home, { recursive: true })
  const pack = ['pack', '--ignore-scripts', '--pack-destination', project.path]
  execFileSync('npm', pack, { cwd: ROOT, stdio: 'ignore' })
  const tarball = readdirSync(project.path).find(name => name.endsWith('.tgz'))
  execFileSync('tar', [
    '-xzf',
    join(project.path, String(tarball)),
    '--strip-components=1',
    '-C',
    home,
  ])
  symlinkSync(join(ROOT, 'node_modules/@types'), join(project.path, 'node_modules/@types'))
})

const CODE = `
import { createSimulator, type Fault, type Simulator, TRANSPORT_FAULTS } from 'miniprogram-login/simulator'
const simulator: Simulator = createSimulator({ maxCalls: 10 })
const fault: Fault = { transport: 'html502' }
simulator.fail(fault, { times: 2 })
// @ts-expect-error: there is no such fault, and the compiler must know
simulator.fail({ transport: 'html502x' })
export const code: string = simulator.mintCode({ user: 'alice' })
export const url: Promise<string> = simulator.listen()
export const name: 'reset' | undefined = simulator.calls[0]?.fault && 'reset'
export const spends: boolean = TRANSPORT_FAULTS.reset.spendsCode
`

function compile(resolution: string) {
  const name = `${resolution}.ts`
  writeFileSync(join(project.path, name), CODE)
  const module = { node10: 'commonjs', node16: 'node16', bundler: 'esnext' }[resolution]
  const args = `--noEmit --strict --skipLibCheck --types node --module ${module}`.split(' ')
  const { stdout, status } = spawnSync(
    process.execPath,
    [TSC, ...args, '--moduleResolution', resolution, name],
    { cwd: project.path, encoding: 'utf8' },
  )
  return { stdout, status }
}

it.each(['node10', 'node16', 'bundler'])(
  'the import of the simulator has its types under %s, so that a wrong fault is an error',
  resolution => {
    expect(compile(resolution)).toEqual({ stdout: '', status: 0 })
  },
)
