import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../support/command-line'
import { temporaryFolder } from '../support/temporary'

const ROOT = join(__dirname, '../..')
let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())
const copy = (dir: string) => runCommand(['client', dir], { cwd: folder.path })
const NAME = 'utils/miniprogram-login-client'

test('client makes the folder and copies the SDK that was built, with its types', async () => {
  const { code, out } = await copy('utils')
  expect({ code, out }).toEqual({ code: 0, out: `${NAME}.js\n${NAME}.d.ts\n` })
  for (const extension of ['js', 'd.ts']) {
    expect(readFileSync(join(folder.path, `${NAME}.${extension}`), 'utf8')).toBe(
      readFileSync(join(ROOT, `client/miniprogram_dist/index.${extension}`), 'utf8'),
    )
  }
  const { createClient } = require(join(folder.path, `${NAME}.js`))
  expect(typeof createClient).toBe('function')
})

test('an older SDK is replaced, a file of somebody else is left alone', async () => {
  const file = join(folder.path, `${NAME}.js`)
  mkdirSync(join(folder.path, 'utils'))
  writeFileSync(file, 'class LoginClientError {}')
  expect((await copy('utils')).code).toBe(0)
  expect(readFileSync(file, 'utf8')).toContain('createClient')
  writeFileSync(file, 'module.exports = 1')
  expect(await copy('utils')).toMatchObject({ code: 1, out: '' })
  expect(readFileSync(file, 'utf8')).toBe('module.exports = 1')
})

test('a folder that cannot be one is told by its name, without a stack', async () => {
  writeFileSync(join(folder.path, 'taken'), '')
  for (const dir of ['taken', 'taken/utils']) {
    const { code, out, err } = await copy(dir)
    expect({ code, out, err }).toEqual({
      ...{ code: 2, out: '' },
      err: `${dir} 不是目录 · ${dir} is not a folder\n`,
    })
  }
})

test('the installed package has it: npx miniprogram-login client DIR', async () => {
  const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder.path]
  const tarball = execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' }).trim()
  const installed = join(folder.path, 'node_modules/miniprogram-login')
  mkdirSync(installed, { recursive: true })
  const unpack = ['-xzf', join(folder.path, tarball), '--strip-components=1', '-C', installed]
  execFileSync('tar', unpack)
  const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  expect(bin).toHaveProperty('wechat-simulator')
  const env = { PATH: process.env.PATH, NODE_PATH: join(ROOT, 'node_modules') }
  const program = join(installed, bin['miniprogram-login'])
  execFileSync(process.execPath, [program, 'client', 'utils'], {
    cwd: folder.path,
    env,
    stdio: 'ignore',
  })
  expect(existsSync(join(folder.path, `${NAME}.js`))).toBe(true)
})
